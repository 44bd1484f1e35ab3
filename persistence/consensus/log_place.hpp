#pragma once

#include <cstdint>

namespace aiex::consensus {

/// An entry of the log, named by what tells it from all others. 0, 0 stands before the first one.
struct log_place {
  std::uint64_t index = 0;
  std::uint64_t term = 0;

  bool operator==(const log_place&) const = default;
};

/// Whether a log that ends at `candidate` is at least as new as one that ends at `mine`: a later
/// last term, or the same one and not shorter (etcd log.go: isUpToDate).
constexpr bool is_as_new(log_place candidate, log_place mine) noexcept {
  return candidate.term != mine.term ? candidate.term > mine.term : candidate.index >= mine.index;
}

} // namespace aiex::consensus
