#include "aiex/supervision/child_spec.hpp"

#include "support/core_run.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using test::child;

TEST_CASE("child_spec: each fault has its own error") {
  child_spec no_start = child("a");
  no_start.start = {};
  child_spec no_time = child("a");
  no_time.shutdown = shutdown::after(0ms);
  const auto any = auto_shutdown::any_significant;
  struct example {
    const char* name;
    supervisor_spec spec;
    std::optional<supervision_errc> fault;
  };
  const example table[] = {
    {"none", {.children = {child("a"), child("b")}}, {}},
    {"no children", {}, {}},
    {"no id", {.children = {child("")}}, supervision_errc::missing_id},
    {"no start", {.children = {no_start}}, supervision_errc::missing_start},
    {"an id twice", {.children = {child("a"), child("b"), child("a")}},
      supervision_errc::duplicate_id},
    {"no period", {.limit = {1, 0s}}, supervision_errc::bad_period},
    {"no time to shut down", {.children = {no_time}}, supervision_errc::bad_shutdown},
    {"significant for nothing", {.children = {child("a", restart::transient, true)}},
      supervision_errc::bad_significant},
    {"significant and permanent", {.ends = any, .children = {child("a", restart::permanent, true)}},
      supervision_errc::bad_significant},
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

TEST_CASE("child_spec: defaults are those of OTP") {
  const child_spec made = worker("a", {});
  CHECK(made.restart == restart::permanent);
  CHECK(made.stop_by() == shutdown::after(5s));
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
