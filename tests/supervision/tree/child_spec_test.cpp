#include "aiex/supervision/tree/child_spec.hpp"

#include "support/core_run.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <iterator>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using test::child;

template <class Enum>
constexpr Enum none_of_them = static_cast<Enum>(3);

child_spec stopped_by(shutdown how) {
  child_spec made = child("a");
  made.shutdown = how;
  return made;
}

child_spec started_within(std::chrono::milliseconds time) {
  child_spec made = child("a");
  made.start_timeout = time;
  return made;
}

child_spec within(std::chrono::milliseconds limit) {
  child_spec made = child("a");
  made.handler_limit = limit;
  return made;
}

// As supervisor_SUITE:child_specs and sup_flags.
TEST_CASE("child_spec: each fault has its own error") {
  child_spec no_start = child("a"), no_kind = child("a");
  no_start.start = {};
  no_kind.kind = none_of_them<child_kind>;
  child_spec limited_supervisor = started_within(1s);
  limited_supervisor.kind = child_kind::supervisor;
  const auto any = auto_shutdown::any_significant;
  struct example {
    const char* name;
    supervisor_spec spec;
    std::optional<supervision_errc> fault;
  };
  const example table[] = {
    {"none", {.children = {child("a"), child("b")}}, {}},
    {"no children", {}, {}},
    {"no restarts at all", {.limit = {0, 1s}}, {}},
    {"no strategy", {.how = none_of_them<strategy>}, supervision_errc::bad_strategy},
    {"no end to restarts", {.limit = {restart_intensity_max + 1, 5s}},
      supervision_errc::bad_intensity},
    {"as many as one can count", {.limit = {restart_intensity_max, 5s}}, {}},
    {"no period", {.limit = {1, 0s}}, supervision_errc::bad_period},
    {"a period that is over", {.limit = {1, -1s}}, supervision_errc::bad_period},
    {"no auto_shutdown", {.ends = none_of_them<auto_shutdown>},
      supervision_errc::bad_auto_shutdown},
    {"no id", {.children = {child("")}}, supervision_errc::missing_id},
    {"no start", {.children = {no_start}}, supervision_errc::missing_start},
    {"no restart", {.children = {child("a", none_of_them<restart>)}},
      supervision_errc::bad_restart},
    {"no kind", {.children = {no_kind}}, supervision_errc::bad_kind},
    {"an id twice", {.children = {child("a"), child("b"), child("a")}},
      supervision_errc::duplicate_id},
    {"told and killed at the next timer", {.children = {stopped_by(shutdown::after(0ms))}}, {}},
    {"a second", {.children = {stopped_by(shutdown::after(1s))}}, {}},
    {"as long as it takes", {.children = {stopped_by(shutdown::infinity())}}, {}},
    {"at once", {.children = {stopped_by(shutdown::brutal_kill())}}, {}},
    {"less than no time", {.children = {stopped_by(shutdown::after(-1ms))}},
      supervision_errc::bad_shutdown},
    {"longer than timers last",
      {.children = {stopped_by(shutdown::after(shutdown_time_max + 1ms))}},
      supervision_errc::bad_shutdown},
    {"no time to start", {.children = {started_within(0ms)}}, supervision_errc::bad_start_timeout},
    {"too long to start", {.children = {started_within(start_timeout_max + 1ms)}},
      supervision_errc::bad_start_timeout},
    {"an hour to start", {.children = {started_within(start_timeout_max)}}, {}},
    {"a supervisor that is to start in time", {.children = {limited_supervisor}},
      supervision_errc::bad_start_timeout},
    {"handlers of a millisecond", {.children = {within(1ms)}}, {}},
    {"handlers of an hour", {.children = {within(handler_limit_max)}}, {}},
    {"handlers without a limit", {.children = {within(handlers_unlimited)}}, {}},
    {"handlers of no time", {.children = {within(0ms)}}, supervision_errc::bad_handler_limit},
    {"handlers of longer than an hour", {.children = {within(handler_limit_max + 1ms)}},
      supervision_errc::bad_handler_limit},
    {"significant for nothing", {.children = {child("a", restart::transient, true)}},
      supervision_errc::significant_never},
    {"significant and permanent", {.ends = any, .children = {child("a", restart::permanent, true)}},
      supervision_errc::significant_permanent},
    {"significant", {.ends = any, .children = {child("a", restart::transient, true)}}, {}},
    {"significant and temporary", {.ends = any, .children = {child("a", restart::temporary, true)}},
      {}},
  };
  for (const example& row : table) {
    CAPTURE(row.name);
    const auto sound = check(row.spec);
    CHECK(sound.has_value() == !row.fault.has_value());
    if (!sound && row.fault)
      CHECK(sound.error().code == *row.fault);
  }
}

TEST_CASE("child_spec: of two faults the one that OTP finds first is told") {
  struct fault {
    supervision_errc code;
    void (*make)(supervisor_spec&);
  };
  const fault in_order[] = {
    {supervision_errc::bad_strategy, [](auto& of) { of.how = none_of_them<strategy>; }},
    {supervision_errc::bad_intensity, [](auto& of) { of.limit.intensity = UINT32_MAX; }},
    {supervision_errc::bad_period, [](auto& of) { of.limit.period = 0s; }},
    {supervision_errc::bad_auto_shutdown, [](auto& of) { of.ends = none_of_them<auto_shutdown>; }},
    {supervision_errc::missing_id, [](auto& of) { of.children[0].id.clear(); }},
    {supervision_errc::missing_start, [](auto& of) { of.children[0].start = {}; }},
    {supervision_errc::bad_restart,
      [](auto& of) { of.children[0].restart = none_of_them<restart>; }},
    {supervision_errc::significant_never, [](auto& of) { of.children[0].significant = true; }},
    {supervision_errc::bad_kind, [](auto& of) { of.children[0].kind = none_of_them<child_kind>; }},
    {supervision_errc::bad_shutdown,
      [](auto& of) { of.children[0].shutdown = shutdown::after(-1s); }},
    {supervision_errc::duplicate_id, [](auto& of) { of.children[1].id = "a"; }},
    {supervision_errc::missing_start, [](auto& of) { of.children[2].start = {}; }},
  };
  for (auto first = std::begin(in_order); first != std::end(in_order); ++first)
    for (auto second = first + 1; second != std::end(in_order); ++second) {
      supervisor_spec spec{.children = {child("a"), child("b"), child("c")}};
      second->make(spec);
      first->make(spec);
      CHECK(check(spec).error().code == first->code);
    }
}

// As supervisor_SUITE:child_specs_map: every combination, against OTP's rule.
TEST_CASE("child_spec: significant children go with who may end and who ends because of them") {
  std::size_t rows = 0;
  for (const auto ends :
    {auto_shutdown::never, auto_shutdown::any_significant, auto_shutdown::all_significant})
    for (const auto how : {restart::permanent, restart::transient, restart::temporary})
      for (const auto by : {std::optional<shutdown>{}, std::optional{shutdown::after(0ms)},
             std::optional{shutdown::after(1s)}, std::optional{shutdown::infinity()},
             std::optional{shutdown::brutal_kill()}})
        for (const auto kind : {child_kind::worker, child_kind::supervisor})
          for (const bool significant : {false, true}) {
            child_spec one = child("a", how, significant);
            one.shutdown = by;
            one.kind = kind;
            const auto sound = check(one, ends);
            ++rows;
            if (significant && ends == auto_shutdown::never)
              CHECK(sound.error().code == supervision_errc::significant_never);
            else if (significant && how == restart::permanent)
              CHECK(sound.error().code == supervision_errc::significant_permanent);
            else
              CHECK(sound);
          }
  CHECK(rows == 180);
}

TEST_CASE("child_spec: defaults are those of OTP") {
  const child_spec made = worker("a", {});
  CHECK(made.restart == restart::permanent);
  CHECK(made.stop_by() == shutdown::after(5s));
  CHECK(made.handlers_within() == 1s); // OTP has no limit
  CHECK_FALSE(made.significant);
  child_spec below;
  below.kind = child_kind::supervisor;
  CHECK(below.stop_by() == shutdown::infinity());
  below.shutdown = shutdown::brutal_kill();
  CHECK(below.stop_by().kills());
  const supervisor_spec spec;
  CHECK(spec.how == strategy::one_for_one);
  CHECK(spec.limit.intensity == 1);
  CHECK(spec.limit.period == 5s);
}

} // namespace
} // namespace aiex
