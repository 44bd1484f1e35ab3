#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace aiex::test {

/// What a simulation ends with when a rule does not hold. `rule` is the name of its file.
struct broken_rule : std::runtime_error {
  broken_rule(std::string_view name, const std::string& what)
      : std::runtime_error(std::string{name} + ": " + what), rule(name) {}

  std::string rule;
};

} // namespace aiex::test
