#pragma once

#include <cstdint>

namespace aiex {

enum class direction : std::uint8_t { ascending, descending };

} // namespace aiex
