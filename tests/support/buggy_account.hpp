#pragma once

#include "support/bank.hpp"

#include <stdexcept>

namespace aiex::test {

/// An account with a bug in each of its functions: it cannot withdraw, nor take thirteen.
struct buggy_account {
  static constexpr std::string_view category = "account";
  using commands = aiex::list<bank::deposit, bank::withdraw>;
  using events = aiex::list<bank::deposited>;
  struct state {};

  static aiex::decision<events> decide(const state&, const bank::deposit& wish) {
    return bank::deposited{wish.cents, "", false};
  }
  static aiex::decision<events> decide(const state&, const bank::withdraw&) {
    throw std::runtime_error{"a bug in decide"};
  }
  static void apply(state&, const bank::deposited& event) {
    if (event.cents == 13)
      throw 7; // nobody's exception
  }
};

} // namespace aiex::test
