#include "code_assistant/analysis_plan.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <map>

namespace aiex::code_assistant {
namespace {

using sources = std::vector<known_source>;

TEST_CASE("analysis_plan: what is new, changed, unchanged and removed") {
  struct example {
    std::string name;
    sources previous;
    sources current;
    analysis_plan expected;
  };
  const example table[] = {
    {"nothing", {}, {}, {}},
    {"the first time", {}, {{"b", "2"}, {"a", "1"}}, {{"a", "b"}, {}, {}, {}}},
    {"nothing is left", {{"b", "2"}, {"a", "1"}}, {}, {{}, {}, {}, {"a", "b"}}},
    {"one of each", {{"a", "1"}, {"b", "2"}, {"d", "4"}}, {{"d", "4"}, {"c", "3"}, {"b", "x"}},
      {{"c"}, {"b"}, {"d"}, {"a"}}},
    {"a file that moved", {{"a", "1"}}, {{"b", "1"}}, {{"b"}, {}, {}, {"a"}}},
    {"the last of two entries counts", {{"a", "1"}, {"a", "2"}}, {{"a", "1"}, {"a", "2"}},
      {{}, {}, {"a"}, {}}},
  };
  for (const auto& row : table) {
    CAPTURE(row.name);
    CHECK(plan_analysis(row.previous, row.current) == row.expected);
  }
}

TEST_CASE("analysis_plan: agrees with two maps") {
  CHECK(rc::check([] {
    using names = std::map<std::uint8_t, bool>;
    const auto to_sources = [](const names& all) {
      sources list;
      for (const auto& [name, digest] : all)
        list.push_back({std::to_string(name % 16), digest ? "1" : "0"});
      return list;
    };
    const auto previous = to_sources(*rc::gen::arbitrary<names>());
    const auto current = to_sources(*rc::gen::arbitrary<names>());
    std::map<std::string, std::string> before;
    std::map<std::string, std::string> now;
    for (const auto& each : previous)
      before[each.path] = each.digest;
    for (const auto& each : current)
      now[each.path] = each.digest;
    analysis_plan expected;
    for (const auto& [path, digest] : now) {
      const auto old = before.find(path);
      auto& list = old == before.end()     ? expected.added
                   : old->second == digest ? expected.unchanged
                                           : expected.changed;
      list.push_back(path);
    }
    for (const auto& [path, digest] : before)
      if (!now.contains(path))
        expected.removed.push_back(path);
    RC_ASSERT((plan_analysis(previous, current) == expected));
  }));
}

} // namespace
} // namespace aiex::code_assistant
