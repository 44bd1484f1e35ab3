// A node whose program has no applications; the others are in
// tests/apps/application/applications_test.cpp.
#include "aiexd/verbs/application_verb.hpp"
#include "support/gateway_world.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

TEST_CASE_FIXTURE(
  test::gateway_world, "application: without any the list is empty, the rest absent") {
  CHECK(lines("application_list").empty());
  for (const char* verb : {"application_start", "application_stop"}) {
    CAPTURE(verb);
    const auto refused = to_result(reply(verb, {{"name", "bank"}}));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::not_found);
    CHECK(to_result(reply(verb)).error().code == errc::missing_required_fields);
  }
}

} // namespace
} // namespace aiex
