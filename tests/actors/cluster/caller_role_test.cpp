#include "aiex/actors/cluster/caller_role.hpp"

#include <doctest/doctest.h>

#include <string>

namespace aiex {
namespace {

// A row: who has it. A column: what is needed, in the order of `all_roles`.
TEST_CASE("caller_role: who may do what") {
  struct example {
    caller_role has;
    std::string may;
  };
  const example table[] = {
    {caller_role::observing, "+-----"},
    {caller_role::reading, "++----"},
    {caller_role::writing, "+++---"},
    {caller_role::operating, "++++--"},
    {caller_role::auditing, "++--+-"},
    {caller_role::admin, "++++++"},
  };
  REQUIRE(all_roles().size() == std::size(table));
  for (const auto& row : table) {
    CAPTURE(name(row.has));
    std::string may;
    for (const caller_role needs : all_roles())
      may += includes(row.has, needs) ? '+' : '-';
    CHECK(may == row.may);
  }
}

TEST_CASE("caller_role: names lead back") {
  for (const caller_role each : all_roles())
    CHECK(role_named(name(each)) == each);
  CHECK(name(caller_role::operating) == "operator");
  for (const char* other : {"", "Admin", "root", "none", "operations"})
    CHECK_FALSE(role_named(other));
}

} // namespace
} // namespace aiex
