#pragma once

#include "aiex/persistence/log/event.hpp"

#include "simulate/cluster/rules/broken_rule.hpp"

#include <cstdint>

namespace aiex::test {

/// Positions and versions are 1, 2, 3, … in what is agreed on.
struct versions_without_gap {
  static constexpr std::string_view name = "versions_without_gap";

  static void look(const recorded_event& event, std::uint64_t events, std::uint64_t version) {
    if (event.position.value != events + 1)
      throw broken_rule{name,
        "position " + std::to_string(event.position.value) + " behind " + std::to_string(events)};
    if (event.version != version + 1)
      throw broken_rule{name, std::string{event.stream} + " gets version " +
                                std::to_string(event.version) + " behind " +
                                std::to_string(version)};
  }
};

} // namespace aiex::test
