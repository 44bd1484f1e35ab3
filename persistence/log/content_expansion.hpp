#pragma once

#include "aiex/persistence/codec/zstd.hpp"

#include <string>

namespace aiex {

/// Where compressed contents are expanded: kept between events, because its parts are costly to
/// make. One per reader; what was read before is overwritten.
struct content_expansion {
  zstd_decompressor zstd;
  std::string bytes;
};

} // namespace aiex
