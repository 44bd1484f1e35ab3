#include "aiex/actors/typed/given.hpp"

#include "support/bank.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

using namespace test::bank;

TEST_CASE("given: an aggregate decides") {
  CHECK(given<account>(opened{"ann"}, deposited{500}).when(withdraw{200}) ==
        aiex::events(withdrawn{200}));
  CHECK(given<account>().when(open{"ann", currency::usd}) ==
        aiex::events(opened{"ann", currency::usd, {}}, rated{0.5}));
  CHECK(given<account>().when(deposit{1}) == aiex::refuse("not_open"));
  CHECK(given<account>(opened{}).when(withdraw{1}) == aiex::refuse("insufficient_funds"));
  CHECK(given<account>(opened{}).when(deposit{0}) == aiex::events());
  CHECK(given<account>(opened{}, deposited{7}).now.balance_cents == 7);
}

TEST_CASE("given: then it is so") {
  const auto rich = given<account>(opened{"ann"}, deposited{500});
  CHECK(rich.then(withdraw{200}).balance_cents == 300);
  CHECK(rich.then(withdraw{501}).balance_cents == 500);
  CHECK(rich.now.balance_cents == 500);
  CHECK(given<account>().then(open{"ann"}).is_open);
}

/// Remembers what stands around its events.
struct diary {
  static constexpr std::string_view category = "diary";
  using commands = aiex::list<deposit>;
  using events = aiex::list<deposited>;
  struct state {
    std::uint64_t version = 0;
    std::string type{};
  };

  static aiex::decision<events> decide(const state&, const deposit&) { return deposited{}; }
  static void apply(state& now, const deposited&, const recorded_event& recorded) {
    now = {recorded.version, std::string{recorded.type}};
  }
  static bool is_over(const state& now) { return now.version == 2; }
};

TEST_CASE("given: an aggregate may look at what stands around an event") {
  CHECK(given<diary>(deposited{}, deposited{}).now.version == 2);
  CHECK(given<diary>(deposited{}, deposited{}).then(deposit{}).version == 3);
  CHECK(given<diary>(deposited{}).now.type == "deposited");
  const aggregate_type type = aggregate_type_of<diary>();
  const diary::state over{2, ""};
  CHECK(type.is_over(&over));
  CHECK_FALSE(static_cast<bool>(aggregate_type_of<account>().is_over));
}

TEST_CASE("given: another decision is another") {
  const auto rich = given<account>(opened{"ann"}, deposited{500});
  CHECK_FALSE(rich.when(withdraw{200}) == aiex::events(withdrawn{201}));
  CHECK_FALSE(rich.when(withdraw{200}) == aiex::events());
  CHECK_FALSE(rich.when(withdraw{200}) == aiex::refuse("insufficient_funds"));
  CHECK_FALSE(rich.when(withdraw{501}) == aiex::refuse("poor"));
}

TEST_CASE("given: what cannot be stored does not pass for an event") {
  CHECK_THROWS_AS(given<account>(opened{"\xff"}), broken_invariant);
  CHECK_THROWS_AS(given<account>(opened{}).when(rate{1e10}), broken_invariant);
}

TEST_CASE("stored_scenario: an aggregate after what the log has") {
  stored_scenario<test::bank::account> ann{
    {"opened", 1, R"({"name":"ann"})"}, // in its oldest schema
    {"deposited", 1, R"({"cents":500,"note":"","cash":false})"},
  };
  CHECK(ann.state().balance_cents == 500);
  CHECK(ann.when("withdraw", R"({"cents":200})")->events.front().data == R"({"cents":200})");
  CHECK(ann.when("withdraw", R"({"cents":501})")->refused->reason == "insufficient_funds");
  CHECK(ann.when("burn", "{}").error().code == errc::unknown_type);
  CHECK(ann.when("withdraw", "[]").error().code == errc::invalid_data);
  const auto from = [](stored_event one) { stored_scenario<test::bank::account>{one}; };
  CHECK_THROWS_AS(from({"deposited", 1, "[]"}), broken_invariant);
  CHECK_THROWS_AS(from({"deposited", 2, "{}"}), broken_invariant);
}

TEST_CASE("projected: a projection over a list of events") {
  CHECK(projected<totals>(deposited{500}, withdrawn{200}).cents == 300);
  CHECK(projected<totals>().cents == 0);
  CHECK(projected<sizes>(withdrawn{200}).bytes == std::string{R"({"cents":200})"}.size());
}

TEST_CASE("projected: rows see what was put before") {
  projection_scenario<movements> world;
  world.on(deposited{1}, "account-a").on(withdrawn{1}, "account-a").on(deposited{1}, "account-b");
  CHECK(world.state().streams == 2);
  CHECK(world.rows().at("account-a") == R"({"count":2})");
  CHECK(world.rows().at("account-b") == R"({"count":1})");
}

} // namespace
} // namespace aiex
