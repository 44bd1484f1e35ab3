#pragma once

#include <string_view>

namespace aiex {

inline constexpr std::string_view program_version = AIEX_VERSION; ///< From the build.

} // namespace aiex
