#pragma once

#include "aiex/persistence/base/digest.hpp"
#include "aiex/persistence/log/entry.hpp"

#include <cstdint>
#include <string_view>

namespace aiex {

/// Where a log stands behind one of its entries; before the first one: all zeros.
struct chain_end {
  std::uint64_t index = 0; ///< Of that entry.
  digest chain{};          ///< Its chain digest.
  aiex::position position; ///< Of the last event up to there.
  timestamp recorded_at;   ///< Of that entry.

  bool operator==(const chain_end&) const = default;
};

/// Whether an entry may stand there. Errors: corrupt.
result<void> check_follows(const chain_end& end, const entry_header& next);

/// Follows a log that somebody else wrote, entry by entry, and believes none of it: each must be
/// sound in itself and follow the one before it.
class entry_chain {
public:
  explicit entry_chain(const chain_end& from = {}) : end_(from) {}

  /// The entry in `bytes`, if all of it is as it was written and it follows. Errors: corrupt
  /// (`error::actual` is a position: without events, of the next one to come), unknown_version.
  result<entry_view> take(std::string_view bytes);

  /// Behind the last entry taken.
  const chain_end& end() const noexcept { return end_; }

private:
  chain_end end_;
  sha256 hash_;
};

} // namespace aiex
