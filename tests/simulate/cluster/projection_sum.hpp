#pragma once

#include "aiex/persistence/base/uuid.hpp"
#include "aiex/persistence/codec/fields.hpp"

#include <cstdint>
#include <string_view>

namespace aiex::test {

inline constexpr std::string_view projection_name = "order_of_ids";

/// The sum depends on each event's id, on how often it counted, and on the order.
inline std::uint64_t added_to_projection(std::uint64_t sum, const uuid& id) {
  for (const std::uint8_t each : id.bytes)
    sum = (sum ^ each) * 0x100000001b3; // FNV-1a, 64 bits
  return sum;
}

/// The state of the projection.
struct projection_sum {
  std::uint64_t sum = 0;

  static constexpr auto fields = aiex::fields("order_of_ids", &projection_sum::sum, "sum");
};

} // namespace aiex::test
