#include "aiex/supervision/process/monitor_book.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace aiex {
namespace {

constexpr monitor_book::target bank = 1;
constexpr monitor_book::target bus = 2;

TEST_CASE("monitor_book: a target is watched once, for all its monitors") {
  monitor_book book{10};
  const auto first = book.add(bank);
  CHECK(first->is_first);
  const auto second = book.add(bank);
  CHECK_FALSE(second->is_first);
  CHECK(book.add(bus)->is_first);
  CHECK(book.of(bank) == std::vector{first->ref, second->ref});
  CHECK_FALSE(book.remove(first->ref)->was_last);
  CHECK_FALSE(book.remove(first->ref));
  CHECK(book.of(bank) == std::vector{second->ref});
  CHECK(book.remove(second->ref)->was_last);
  CHECK(book.of(bank).empty());
  CHECK(book.add(bank)->is_first);
}

TEST_CASE("monitor_book: more than there may be are refused") {
  monitor_book book{1};
  const auto first = book.add(bank);
  CHECK_FALSE(book.add(bus));
  CHECK(book.of(bus).empty());
  book.remove(first->ref);
  CHECK(book.add(bus));
}

TEST_CASE("monitor_book: knows what a plain list knows, in its order") {
  const bool holds = rc::check("monitor_book against a list", [] {
    monitor_book book{50};
    std::vector<std::pair<monitor_ref, monitor_book::target>> plain;
    for (const int step : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 1'000))) {
      const auto whom = static_cast<monitor_book::target>(step % 3);
      if (step % 5 < 3) {
        const auto made = book.add(whom);
        RC_ASSERT(made.has_value() == (plain.size() < 50));
        if (made)
          plain.emplace_back(made->ref, whom);
      } else if (!plain.empty()) {
        const auto which = plain.begin() + step % static_cast<int>(plain.size());
        const auto removed = book.remove(which->first);
        RC_ASSERT(removed && removed->whom == which->second);
        plain.erase(which);
      }
      std::vector<monitor_ref> expected;
      for (const auto& [ref, target] : plain)
        if (target == whom)
          expected.push_back(ref);
      RC_ASSERT(book.of(whom) == expected);
      RC_ASSERT(book.size() == plain.size());
    }
  });
  CHECK(holds);
}

} // namespace
} // namespace aiex
