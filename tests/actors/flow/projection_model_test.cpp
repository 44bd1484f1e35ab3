#include "aiex/actors/flow/projection.hpp"
#include "aiex/persistence/base/limits.hpp"

#include "support/projection_world.hpp"

#include <doctest/doctest.h>

#include <string>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using namespace test::bank;
using test::always;
using test::projection_world;
using stopping = test::moody<failure_policy::stop>;
using retrying = test::moody<failure_policy::retry>;
using skipping = test::moody<failure_policy::skip>;

/// Throws what is no exception of the standard library, and finds withdrawals impossible.
struct rude {
  static constexpr std::string_view name = "rude", from = "account";
  static constexpr aiex::projection_options options{.on_failure = failure_policy::skip};
  using events = aiex::list<deposited, withdrawn>;
  using state = totals::state;

  static void on(state&, const deposited&) { throw 7; }
  static void on(state&, const withdrawn&) { invariant(false, "nobody withdraws"); }
};

/// Keeps everything it hears.
struct hoarder {
  static constexpr std::string_view name = "hoarder", from = "account";
  using events = aiex::list<deposited>;
  struct state {
    std::string notes{};

    static constexpr auto fields = aiex::fields("hoarder", &state::notes, "notes");
  };

  static void on(state& now, const deposited& event) { now.notes += event.note; }
};

TEST_CASE_FIXTURE(projection_world, "projection_model: poison troubles nobody but its projection") {
  stopping::failures_left = retrying::failures_left = skipping::failures_left = always;
  const auto stops = start<stopping>();
  const auto tries = start<retrying>();
  const auto skips = start<skipping>();
  const auto counts = start<totals>();
  append("account-1", deposited{5});
  append("account-1", withdrawn{1}); // each append is answered: `append` requires it
  append("account-1", deposited{7});
  let_pass(2s);

  CHECK(info(counts).state_json == R"({"cents":11})");
  CHECK(info(counts).errors == 0);
  CHECK(ask<bus_statistics>(bus_actor, bus_statistics_call{}).is_healthy());

  CHECK(info(stops).status == projection_status::stopped);
  CHECK(info(stops).state_json == R"({"cents":5})");
  CHECK(info(stops).errors == 1);
  CHECK(info(stops).last_error.find("no withdrawals") != std::string::npos);

  CHECK(info(skips).status == projection_status::running);
  CHECK(info(skips).state_json == R"({"cents":12})");
  CHECK(info(skips).skipped == 1);

  CHECK(info(tries).status == projection_status::stopped);
  CHECK(info(tries).state_json == R"({"cents":5})");
  CHECK(info(tries).errors == 4); // once, and three retries
}

TEST_CASE_FIXTURE(projection_world, "projection_model: retries come with growing pauses") {
  retrying::failures_left = 3;
  const auto it = start<retrying>();
  append("account-1", deposited{5});
  append("account-1", withdrawn{1});
  append("account-1", deposited{7});
  std::uint64_t errors = 1;
  CHECK(info(it).errors == errors);
  for (const auto pause : {100ms, 200ms, 400ms}) {
    advance(pause - 1ms);
    CHECK(info(it).errors == errors);
    CHECK(info(it).state_json == R"({"cents":5})");
    advance(1ms);
    errors += pause == 400ms ? 0 : 1;
    CHECK(info(it).errors == errors);
  }
  CHECK(info(it).state_json == R"({"cents":11})");
  CHECK(info(it).status == projection_status::running);
  advance(200ms);
  CHECK(services.models->load("retrying")->value().state == R"({"cents":11})");
}

TEST_CASE_FIXTURE(projection_world, "projection_model: whatever is thrown is the event's failure") {
  const auto it = start<rude>();
  append("account-1", deposited{5});
  CHECK(info(it).skipped == 1);
  CHECK(info(it).last_error.find("position 1: it threw: an unknown") != std::string::npos);
  append("account-1", withdrawn{5}); // a broken invariant of the user's ends no actor
  CHECK(info(it).skipped == 2);
  CHECK(info(it).last_error.find("position 2: it threw: nobody withdraws") != std::string::npos);
  CHECK(info(it).status == projection_status::running);
}

TEST_CASE_FIXTURE(projection_world, "projection_model: unknown types and unknown versions") {
  const auto it = start<totals>();
  append("account-1", deposited{5});
  append_stored("account-1", {"frozen", 1, "{}"}); // not of this program: nothing to count
  CHECK(ask<projection_wait_answer>(it, projection_wait_call{{2}}).outcome.has_value());
  CHECK(info(it).lag_events == 0);
  append_stored("account-1", {"deposited", 9, "{}"}); // of a later one: not to be passed over
  append("account-1", deposited{7});
  CHECK(info(it).status == projection_status::stopped);
  CHECK(info(it).state_json == R"({"cents":5})");
  CHECK(info(it).lag_events == 2);
  CHECK(info(it).last_error.find("9") != std::string::npos);
}

TEST_CASE_FIXTURE(projection_world, "projection_model: a state that is too large stops it") {
  const auto it = start<hoarder>();
  const auto other = start<totals>();
  const std::string half(limits::projection_state_bytes_max / 2, 'x');
  append("account-1", deposited{.cents = 1, .note = half});
  advance(200ms);
  append("account-1", deposited{.cents = 1, .note = half});
  advance(200ms);
  const projection_info seen = info(it);
  CHECK(seen.status == projection_status::stopped); // at once: trying again changes nothing
  CHECK(seen.errors == 1);
  CHECK(seen.position == position{1});
  CHECK(seen.last_error.find("keep rows") != std::string::npos);
  CHECK(services.models->load("hoarder")->value().status == projection_status::stopped);
  CHECK(services.models->load("totals")->value().at == position{2});
  CHECK(info(other).errors == 0);
}

} // namespace
} // namespace aiex
