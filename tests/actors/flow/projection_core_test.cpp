#include "aiex/actors/flow/projection_core.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <map>
#include <vector>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using step = projection_core::step;

constexpr std::uint64_t form = 7;
const error poison{errc::invalid_data, "poison"};
const projection_core::time start{};

projection_core fresh(projection_options options = {}) {
  return {options, form, std::nullopt, {100}};
}

void handle(projection_core& core, std::uint64_t at, projection_core::time now = start) {
  REQUIRE(core.next({at}, now) == step::handle);
  core.handled({at}, now);
}

void save(projection_core& core) {
  core.begin_save();
  core.saved();
}

TEST_CASE("projection core: an event counts once, and nothing is handled during a save") {
  auto core = fresh();
  handle(core, 3);
  CHECK(core.next({3}, start) == step::known);
  core.begin_save();
  CHECK(core.next({4}, start) == step::wait);
  core.saved();
  CHECK(core.next({4}, start) == step::handle);
}

TEST_CASE("projection core: it saves after so many events, so much time, so many bytes") {
  auto core = fresh({.save_every_events = 3, .save_every = 200ms});
  CHECK(!core.is_save_due(start + 1h));
  CHECK(!core.due(start));
  handle(core, 1);
  CHECK(!core.is_save_due(start + 199ms));
  CHECK(core.is_save_due(start + 200ms));
  CHECK(core.is_save_due(start, true)); // somebody waits
  CHECK(*core.due(start) == start + 200ms);
  handle(core, 2);
  handle(core, 3);
  CHECK(core.is_save_due(start));
  save(core);
  CHECK(!core.is_save_due(start + 1h));
  REQUIRE(core.next({4}, start) == step::handle);
  core.handled({4}, start, row_table::changed_bytes_max);
  CHECK(core.is_save_due(start));
}

TEST_CASE("projection core: stop stands in front of the event until an operator speaks") {
  auto core = fresh();
  handle(core, 1);
  REQUIRE(core.next({2}, start) == step::handle);
  core.failed({2}, poison);
  CHECK(core.record().at == position{0}); // back to what is saved
  handle(core, 1);
  CHECK(core.next({2}, start) == step::wait);
  CHECK(core.record().status == projection_status::stopped);
  CHECK(core.record().last_error == "poison");
  CHECK(core.is_save_due(start));
  save(core);
  CHECK(core.next({2}, start + 1h) == step::wait);
  CHECK(core.control(projection_control::pause, start).error().code == errc::invalid_argument);

  projection_core restarted{{}, form, core.record(), {100}}; // still stopped
  CHECK(restarted.next({2}, start) == step::wait);
  REQUIRE(restarted.control(projection_control::skip, start));
  save(restarted);
  CHECK(restarted.next({2}, start) == step::count);
  CHECK(restarted.record().skipped == 1);
  save(restarted);
  CHECK(restarted.next({3}, start) == step::handle);
}

TEST_CASE("projection core: retry tries again with growing pauses, then stops") {
  auto core = fresh({.on_failure = failure_policy::retry, .retries_max = 2});
  auto now = start;
  for (const auto pause : {100ms, 200ms}) {
    REQUIRE(core.next({1}, now) == step::handle);
    core.failed({1}, poison);
    CHECK(core.next({1}, now) == step::wait);
    save(core);
    CHECK(*core.due(now) == now + pause);
    CHECK(core.next({1}, now + pause - 1ms) == step::wait);
    now += pause;
  }
  REQUIRE(core.next({1}, now) == step::handle);
  core.failed({1}, poison);
  CHECK(core.next({1}, now) == step::wait);
  CHECK(core.record().status == projection_status::stopped);
  CHECK(core.record().errors == 3);
  save(core);
  REQUIRE(core.control(projection_control::resume, now));
  save(core);
  CHECK(core.next({1}, now) == step::handle);
}

TEST_CASE("projection core: a save that fails is tried again, then it stops") {
  auto core = fresh({.retries_max = 1});
  handle(core, 1);
  core.begin_save();
  core.save_failed(poison, start);
  CHECK(core.record().at == position{0});
  CHECK(core.next({1}, start) == step::wait);
  handle(core, 1, start + 100ms);
  core.begin_save();
  core.save_failed(poison, start + 100ms);
  CHECK(core.record().status == projection_status::stopped);
  CHECK(core.is_save_due(start + 100ms));
  core.begin_save();
  core.save_failed(poison, start + 100ms);
  CHECK(!core.is_save_due(start + 1h)); // nothing spins
}

TEST_CASE("projection core: another form, another log and a rebuild begin anew") {
  const projection_record old{.at = {50}, .fingerprint = form, .generation = 3, .skipped = 2};
  struct row {
    std::uint64_t fingerprint;
    position head;
    std::uint64_t generation;
  };
  for (const row& each : {row{form, {50}, 3}, row{form + 1, {50}, 4}, row{form, {49}, 4}}) {
    projection_core core{{}, each.fingerprint, old, each.head};
    CHECK(core.record().generation == each.generation);
    CHECK(core.record().at == (each.generation == 3 ? position{50} : position{}));
    CHECK(core.is_save_due(start) == (each.generation == 4)); // before any event counts
  }
  projection_core core{{}, form, old, {50}};
  core.begin_save(); // under way
  REQUIRE(core.control(projection_control::rebuild, start));
  core.saved();
  CHECK(core.record().at == position{0});
  CHECK(core.record().generation == 4);
  CHECK(core.is_save_due(start));
}

TEST_CASE("projection core: what it may be told") {
  auto core = fresh();
  CHECK(!core.control(projection_control::resume, start));
  CHECK(!core.control(projection_control::skip, start));
  REQUIRE(core.control(projection_control::pause, start));
  save(core);
  CHECK(core.next({1}, start) == step::wait);
  REQUIRE(core.control(projection_control::resume, start));
  save(core);
  CHECK(core.next({1}, start) == step::handle);
}

/// A projection whose state is the sum of what it was given, with a disk.
struct simulation {
  projection_options options;
  std::map<std::uint64_t, int> failures; ///< How often each event still fails; -1: always.
  projection_core core{options, form, std::nullopt, {1'000}};
  projection_core::time now{};
  std::optional<projection_record> record{};
  std::vector<std::uint64_t> on_disk{};
  std::vector<std::uint64_t> state{};
  std::uint64_t handled = 0;

  void crash() {
    core = projection_core{options, form, record, {1'000}};
    state = on_disk;
  }

  void save(bool succeeds, bool crashes) {
    core.begin_save();
    if (!succeeds) {
      core.save_failed(poison, now);
      state = on_disk;
      return;
    }
    record = core.record();
    on_disk = state;
    if (crashes) // it is durable, and nobody has heard of it
      crash();
    else
      core.saved();
  }

  /// One step; what there is to do, or time passes.
  void step_on(std::uint64_t last, bool save_succeeds, bool crashes) {
    if (core.is_save_due(now))
      return save(save_succeeds, crashes);
    if (crashes)
      return crash();
    const position next = core.record().at.next();
    if (next.value > last) {
      now += 1s;
      return;
    }
    switch (core.next(next, now)) {
    case step::handle:
      ++handled;
      state.push_back(next.value); // half changed, if it fails
      if (int& left = failures[next.value]; left != 0) {
        left -= left > 0 ? 1 : 0;
        core.failed(next, poison);
        state = on_disk;
      } else {
        core.handled(next, now);
      }
      break;
    case step::wait: now += 1s; break;
    default: break;
    }
  }
};

TEST_CASE("projection core: whatever crashes and fails, each event counts exactly once") {
  CHECK(rc::check([] {
    const std::uint64_t last = *rc::gen::inRange<std::uint64_t>(1, 40);
    const auto policy =
      *rc::gen::element(failure_policy::skip, failure_policy::retry, failure_policy::stop);
    simulation world{
      {.on_failure = policy, .save_every_events = *rc::gen::inRange<std::uint32_t>(1, 9)}, {}};
    std::vector<std::uint64_t> expected;
    for (std::uint64_t at = 1; at <= last; ++at) {
      const int fails = *rc::gen::weightedElement<int>({{8, 0}, {1, 1}, {1, -1}});
      const bool is_lasting = policy == failure_policy::skip && fails != 0;
      world.failures[at] = is_lasting ? -1 : std::abs(fails);
      if (!is_lasting)
        expected.push_back(at);
    }
    for (int i = *rc::gen::inRange(0, 200); i > 0; --i)
      world.step_on(last, *rc::gen::weightedElement<bool>({{9, true}, {1, false}}),
        *rc::gen::weightedElement<bool>({{9, false}, {1, true}}));
    for (int i = 0; i < 1'000 && !(world.record && world.record->at.value == last); ++i) {
      world.step_on(last, true, false);
      if (world.core.record().status == projection_status::stopped)
        RC_ASSERT(world.core.control(projection_control::resume, world.now).has_value());
    }
    RC_ASSERT(world.record.has_value());
    RC_ASSERT(world.record->at == position{last});
    RC_ASSERT(world.on_disk == expected);
    RC_ASSERT(world.record->skipped == last - expected.size());
  }));
}

TEST_CASE("projection core: a log of nothing but failures is handled in linear time") {
  simulation world{{.on_failure = failure_policy::skip}, {}};
  for (std::uint64_t at = 1; at <= 500; ++at)
    world.failures[at] = at % 2 == 0 ? -1 : 0;
  for (int i = 0; i < 10'000 && world.core.record().at.value < 500; ++i)
    world.step_on(500, true, false);
  CHECK(world.core.record().at == position{500});
  CHECK(world.core.record().skipped == 250);
  CHECK(world.handled <= 3 * 500);
}

} // namespace
} // namespace aiex
