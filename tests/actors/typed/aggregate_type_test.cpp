#include "aiex/actors/typed/aggregate_type.hpp"

#include "support/bank.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

using namespace test::bank;

TEST_CASE("aggregate_type: from texts to a decision") {
  const aggregate_type type = aggregate_type_of<account>();
  CHECK(type.category == "account");
  CHECK_FALSE(type.is_owned);
  any_state state = type.state.fresh();
  json_reader reader;
  const auto ask = [&](std::string_view command, std::string_view json) {
    return decide(type, state.get(), command, json, reader);
  };
  CHECK(ask("open", R"({"owner":"ann","currency":"usd"})")->events.size() == 2);
  CHECK(ask("withdraw", R"({"cents":1})")->refused == refuse("insufficient_funds"));
  CHECK(ask("steal", "{}").error().code == errc::unknown_type);
  CHECK(ask("steal", "{}").error().message.find("open, deposit, withdraw") != std::string::npos);
  CHECK(ask("open", R"({"owner":"a","currency":"gbp"})").error().code == errc::invalid_data);
  CHECK(ask("rate", R"({"percent":1e10})").error().code == errc::invalid_data);
}

TEST_CASE("aggregate_type: a state is saved and loaded") {
  const aggregate_type type = aggregate_type_of<account>();
  any_state state = type.state.fresh();
  json_reader reader;
  REQUIRE(type.state.load(state.get(), R"({"open":true,"balance_cents":12})", reader));
  CHECK(type.state.save(state.get()) == R"({"open":true,"balance_cents":12})");
  CHECK(type.state.fingerprint == form_fingerprint<account::state>());
  CHECK_FALSE(type.state.load(state.get(), "{}", reader));
}

/// Like account, but for what makes its state from events.
template <class Events, std::uint64_t Version = 1>
struct other_account : account {
  using events = Events;
  static constexpr std::uint64_t state_version = Version;

  template <class Command>
  static aiex::decision<events> decide(const state&, const Command&) {
    return aiex::refuse("closed");
  }
};

TEST_CASE("aggregate_type: a state that was made by other events is not taken for this one") {
  const auto of = []<class Type>(Type) { return aggregate_type_of<Type>().fingerprint; };
  const std::uint64_t same = of(account{});
  CHECK(of(other_account<account::events>{}) == same);
  CHECK(of(other_account<account::events, 2>{}) != same);
  CHECK(of(other_account<aiex::list<opened, deposited, withdrawn>>{}) != same);
  CHECK(of(other_account<aiex::list<opened_v1, deposited, withdrawn, rated>>{}) != same);
}

struct secretive {
  bool is_open = false;
};

TEST_CASE("aggregate_type: a state without fields is not saved") {
  const state_type type = state_type_of<secretive>();
  CHECK(type.fingerprint == 0);
  CHECK_FALSE(static_cast<bool>(type.save));
}

} // namespace
} // namespace aiex
