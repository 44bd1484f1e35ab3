#pragma once

#include "aiex/persistence/codec/fields.hpp"

#include <cstdint>
#include <string>

namespace aiex::code_assistant {

/// Something with a body, as it stands in a file.
struct definition {
  std::string kind{};    ///< function, class, struct, union, enum, namespace or macro.
  std::string name{};    ///< With its classes, "outer::inner::f"; empty if it has none.
  std::uint64_t line{};  ///< Where the name stands, or the keyword if there is none.
  std::uint64_t lines{}; ///< From there to the closing brace, both counted.

  bool operator==(const definition&) const = default;
  static constexpr auto fields = aiex::fields("definition", &definition::kind, "kind",
    &definition::name, "name", &definition::line, "line", &definition::lines, "lines");
};

/// How many there are of each kind.
struct definition_counts {
  std::uint64_t functions{};
  std::uint64_t classes{};
  std::uint64_t structs{};
  std::uint64_t unions{};
  std::uint64_t enums{};
  std::uint64_t namespaces{};
  std::uint64_t macros{};

  bool operator==(const definition_counts&) const = default;
  static constexpr auto fields = aiex::fields("definition_counts", &definition_counts::functions,
    "functions", &definition_counts::classes, "classes", &definition_counts::structs, "structs",
    &definition_counts::unions, "unions", &definition_counts::enums, "enums",
    &definition_counts::namespaces, "namespaces", &definition_counts::macros, "macros");
};

/// Adds one of that kind.
void count(definition_counts& counts, const std::string& kind);

/// Adds `more` to `counts`.
void add(definition_counts& counts, const definition_counts& more);

} // namespace aiex::code_assistant
