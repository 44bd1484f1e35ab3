#include "aiex/actors/flow/inline_readers.hpp"

#include "support/projection_world.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <optional>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using namespace test::bank;

/// Like totals, but appends wait for it; it saves for nobody else.
template <failure_policy Policy>
struct strict {
  static constexpr std::string_view name = "strict", from = "account";
  static constexpr aiex::projection_options options{
    .on_failure = Policy, .save_every = std::chrono::hours{24}, .is_inline = true};
  using events = aiex::list<deposited, withdrawn>;
  using state = totals::state;

  static void on(state& now, const deposited& event) { now.cents += event.cents; }
  static void on(state&, const withdrawn&) { throw std::runtime_error{"no withdrawals"}; }
};

struct inline_world : test::projection_world {
  /// What an append was answered, and what was saved when the answer came.
  struct answered {
    std::optional<result<append_result>> outcome{};
    std::optional<projection_record> saved{};
  };

  template <class Event>
  std::shared_ptr<answered> begin(const std::string& stream, const Event& what) {
    auto into = std::make_shared<answered>();
    const auto stored = *encode(what);
    auto request =
      test::one(stream, {.id = test::id_of(++last_id), .type = stored.type, .data = stored.data});
    system.spawn([this, into, request](caf::event_based_actor* self) {
      services.events.append(self, request, 10s, [this, into](result<append_result> outcome) {
        into->outcome = std::move(outcome);
        into->saved = *services.models->load("strict");
      });
    });
    settle();
    return into;
  }
};

TEST_CASE_FIXTURE(inline_world, "inline_readers: an answer waits until the event counts") {
  const auto it = start<strict<failure_policy::stop>>();
  auto done = begin("account-1", deposited{5});
  REQUIRE(done->outcome);
  CHECK(done->outcome->has_value());
  REQUIRE(done->saved);
  CHECK(done->saved->at == position{1});
  CHECK(done->saved->state == R"({"cents":5})");

  done = begin("other-1", deposited{5}); // it does not listen there
  CHECK(done->outcome->has_value());
  done = begin("account-1", deposited{7});
  CHECK(done->saved->at == position{3});
  CHECK(done->saved->state == R"({"cents":12})");
  CHECK(info(it).errors == 0);
}

TEST_CASE_FIXTURE(inline_world, "inline_readers: who stands still holds up nobody") {
  std::uint64_t appended = 1;
  SUBCASE("paused") {
    const auto it = start<strict<failure_policy::stop>>();
    CHECK(control(it, projection_control::pause).has_value());
  }
  SUBCASE("stopped") {
    start<strict<failure_policy::stop>>();
    CHECK(begin("account-1", withdrawn{1})->outcome->has_value()); // the poison's own answer, too
    ++appended;
  }
  SUBCASE("it waits to try again") {
    start<strict<failure_policy::retry>>();
    CHECK(begin("account-1", withdrawn{1})->outcome->has_value());
    ++appended;
  }
  SUBCASE("it has ended") {
    kill(start<strict<failure_policy::stop>>());
  }
  const auto done = begin("account-1", deposited{5});
  REQUIRE(done->outcome); // no time has passed
  REQUIRE(done->outcome->has_value());
  CHECK((*done->outcome)->parts.front().last_position == position{appended});
}

TEST_CASE_FIXTURE(inline_world, "inline_readers: an answer waits so long and no longer") {
  const auto it = start<strict<failure_policy::stop>>();
  kill(bus_actor); // nobody tells it of events
  const auto done = begin("account-1", deposited{5});
  CHECK_FALSE(done->outcome);
  SUBCASE("until it is time") {
    advance(inline_wait_max - 1ms);
    CHECK_FALSE(done->outcome);
    advance(1ms);
  }
  SUBCASE("until it has ended") {
    kill(it);
  }
  SUBCASE("until it is paused") {
    CHECK(control(it, projection_control::pause).has_value());
    settle();
  }
  REQUIRE(done->outcome);
  CHECK(done->outcome->has_value());
  CHECK(events->head()->position == position{1});
}

TEST_CASE_FIXTURE(test::actor_world, "inline_readers: those that listen, until they end") {
  const inline_readers readers;
  const auto silent = [](caf::event_based_actor*) { return caf::behavior{[](int) {}}; };
  const caf::actor accounts = system.spawn(silent);
  const caf::actor all = system.spawn(silent);
  query in_accounts;
  in_accounts.categories = {"account"};
  in_accounts.types = {"deposited"};
  readers.add(accounts, in_accounts);
  readers.add(all, {});
  using actors = std::vector<caf::actor>;
  const auto of = [&](std::string stream, std::string type) {
    return readers.of(test::one(std::move(stream), {.id = test::id_of(1), .type = type}));
  };
  CHECK(of("account-1", "deposited") == actors{accounts, all});
  CHECK(of("account-1", "withdrawn") == actors{all});
  CHECK(of("other-1", "deposited") == actors{all});
  CHECK(of("$supervision", "crashed").empty());
  append_request none;
  none.parts.push_back({.stream = "account-1"});
  CHECK(readers.of(none).empty());
  kill(all);
  CHECK(of("account-1", "deposited") == actors{accounts});
  kill(accounts);
  CHECK(of("account-1", "deposited").empty());
}

} // namespace
} // namespace aiex
