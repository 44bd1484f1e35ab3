#include "aiex/actors/flow/projection_replay.hpp"

#include "support/bank.hpp"
#include "support/sample_events.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

namespace aiex {
namespace {

using namespace test::bank;

/// Half changes its state before it fails at withdrawals.
template <failure_policy Policy>
struct fussy_by {
  static constexpr std::string_view name = "fussy", from = "account";
  static constexpr aiex::projection_options options{.on_failure = Policy};
  using events = aiex::list<deposited, withdrawn>;
  using state = totals::state;

  static void on(state& now, const deposited& event) { now.cents += event.cents; }
  static void on(state& now, const withdrawn&) {
    now.cents = -1;
    throw std::runtime_error{"no withdrawals"};
  }
};
using fussy = fussy_by<failure_policy::stop>;
using lenient = fussy_by<failure_policy::skip>;

/// Throws what is no exception of the standard library.
struct rude {
  static constexpr std::string_view name = "rude", from = "account";
  using events = aiex::list<deposited>;
  using state = totals::state;

  static void on(state&, const deposited&) { throw 42; }
};

/// A large row an event.
struct hoard {
  static constexpr std::string_view name = "hoard", from = "account";
  using events = aiex::list<deposited>;
  using state = totals::state;

  static void on(state&, row_table& rows, const deposited&, const recorded_event& event) {
    rows.put(std::to_string(event.version), std::string(limits::row_value_bytes_max, 'x'));
  }
};

struct replay_world {
  test::memory_media media;
  event_store store = std::move(*event_store::open(media.media()));
  std::uint64_t last = 0;

  template <class Event>
  void add(const char* stream, const Event& what) {
    const auto stored = *encode(what);
    const append_request request = test::one(stream, {.id = test::id_of(++last),
                                                       .type = std::string{stored.type},
                                                       .data = stored.data,
                                                       .schema = stored.schema});
    const append_request* const group[] = {&request};
    (void)store.append(group, test::at_us(static_cast<std::int64_t>(last)));
  }
  template <class Projection>
  result<replayed_projection> replayed(const query& asked = {}) {
    return replay_projection(
      projection_type_of<Projection>(), store, asked, [](position, position) { return true; });
  }
};

TEST_CASE_FIXTURE(replay_world, "replay_projection: counts what it listens to in the range") {
  for (const int cents : {1, 2, 4})
    add("account-1", deposited{cents});
  add("account-2", withdrawn{2});
  add("other-1", deposited{100});
  const auto all = replayed<totals>();
  REQUIRE(all);
  CHECK(all->count == 4);
  CHECK(all->skipped == 0);
  CHECK(all->state_json == R"({"cents":5})");
  CHECK(replayed<totals>({.after = {1}, .up_to = {3}})->state_json == R"({"cents":6})");
  CHECK(replayed<totals>({.types = {"withdrawn"}})->state_json == R"({"cents":-2})");
  CHECK(replayed<totals>({.stream = "account-1"})->count == 3);
  CHECK(replayed<totals>({.stream = "other-1"})->count == 0);
  CHECK(replayed<totals>({.categories = {"other"}})->count == 0);
  CHECK(replayed<movements>()->state_json == R"({"streams":2})");
  CHECK(replayed<sizes>()->count == 5);
}

TEST_CASE_FIXTURE(replay_world, "replay_projection: an event that it cannot handle is named") {
  add("account-1", deposited{1});
  add("account-1", withdrawn{1});
  add("account-1", deposited{4});
  const auto refused = replayed<fussy>();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find("position 2") != std::string::npos);
  CHECK(refused.error().message.find("no withdrawals") != std::string::npos);
}

TEST_CASE_FIXTURE(replay_world, "replay_projection: whatever is thrown is the event's failure") {
  add("account-1", deposited{1});
  const auto refused = replayed<rude>();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find("position 1: it threw: an unknown") != std::string::npos);
}

TEST_CASE_FIXTURE(replay_world, "replay_projection: by its policy it leaves such events out") {
  for (std::size_t i = 0; i < replay_skips_max; ++i) {
    add("account-1", withdrawn{1});
    add("account-1", deposited{1});
  }
  const auto done = replayed<lenient>();
  REQUIRE(done);
  CHECK(done->skipped == replay_skips_max);
  CHECK(done->count == replay_skips_max);
  CHECK(done->state_json == R"({"cents":100})");
  add("account-1", withdrawn{1});
  CHECK_FALSE(replayed<lenient>()); // one too many
}

TEST_CASE_FIXTURE(replay_world, "replay_projection: rows of a copy have a limit") {
  for (std::size_t i = 0; i <= replay_rows_bytes_max / limits::row_value_bytes_max; ++i)
    add("account-1", deposited{1});
  CHECK(replayed<hoard>().error().code == errc::state_too_large);
  CHECK(replayed<hoard>({.up_to = {3}})->count == 3);
}

TEST_CASE_FIXTURE(replay_world, "replay_projection: it can be told to stop") {
  add("account-1", deposited{1});
  add("account-1", deposited{1});
  std::uint64_t calls = 0;
  const auto stopped =
    replay_projection(projection_type_of<totals>(), store, {}, [&](position at, position head) {
      CHECK(head == position{2});
      CHECK(at.value == ++calls);
      return calls < 2;
    });
  CHECK(stopped.error().code == errc::stopped);
}

} // namespace
} // namespace aiex
