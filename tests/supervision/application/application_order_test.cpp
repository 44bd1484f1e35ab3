#include "aiex/supervision/application/application_core.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace aiex {
namespace {

using lines = std::vector<std::string>;
using plans = std::vector<application_plan>;

TEST_CASE("application_order: what one depends on comes before it, each fault has its own error") {
  struct example {
    const char* name;
    plans given;
    application_errc refused{};
    lines order{};
  };
  const plans many(applications_max + 1, application_plan{"a"});
  const example table[] = {
    {"none", {}},
    {"as given", {{"a"}, {"b"}}, {}, {"a", "b"}},
    {"dependencies first", {{"web", {"bank", "log"}}, {"bank", {"log"}}, {"log"}}, {},
      {"log", "bank", "web"}},
    {"twice the same", {{"a", {"b", "b"}}, {"b"}}, {}, {"b", "a"}},
    {"a diamond", {{"d", {"b", "c"}}, {"b", {"a"}}, {"c", {"a"}}, {"a"}}, {}, {"a", "b", "c", "d"}},
    {"no name", {{""}}, application_errc::missing_name},
    {"one name twice", {{"a"}, {"b"}, {"a"}}, application_errc::duplicate},
    {"nobody of that name", {{"a", {"b"}}}, application_errc::missing_dependency},
    {"itself", {{"a", {"a"}}}, application_errc::circle},
    {"a circle", {{"x"}, {"a", {"b"}}, {"b", {"c"}}, {"c", {"b"}}}, application_errc::circle},
    {"no type", {{"a", {}, application_type{9}}}, application_errc::bad_type},
    {"too many", many, application_errc::too_many},
  };
  for (const example& row : table) {
    CAPTURE(row.name);
    const auto order = start_order_of(row.given);
    if (row.refused == application_errc{}) {
      REQUIRE(order);
      CHECK(*order == row.order);
    } else {
      REQUIRE_FALSE(order);
      CHECK(order.error().code == row.refused);
    }
  }
  CHECK(
    start_order_of(table[9].given).error().message ==
    "applications depend on each other in a circle, b -> c -> b: none of them can be the first");
}

} // namespace
} // namespace aiex
