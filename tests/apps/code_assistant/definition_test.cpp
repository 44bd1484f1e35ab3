#include "aiex/persistence/base/error.hpp"

#include "code_assistant/definition.hpp"

#include <doctest/doctest.h>

namespace aiex::code_assistant {
namespace {

TEST_CASE("definition_counts: one member per kind") {
  definition_counts counts;
  for (const auto* kind :
    {"function", "function", "class", "struct", "union", "enum", "namespace", "macro", "macro"})
    count(counts, kind);
  CHECK(counts == definition_counts{2, 1, 1, 1, 1, 1, 2});
  CHECK_THROWS_AS(count(counts, "concept"), broken_invariant);
}

TEST_CASE("definition_counts: sums") {
  definition_counts counts{1, 2, 3, 4, 5, 6, 7};
  add(counts, definition_counts{10, 20, 30, 40, 50, 60, 70});
  CHECK(counts == definition_counts{11, 22, 33, 44, 55, 66, 77});
}

} // namespace
} // namespace aiex::code_assistant
