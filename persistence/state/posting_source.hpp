#pragma once

#include "aiex/persistence/state/query.hpp"
#include "aiex/persistence/state/state.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace aiex {

/// Where to look for postings: rows of one table whose keys are `prefix` and a number that ascends
/// with the position.
struct posting_range {
  table_id table{};
  std::string prefix;
  std::uint64_t from = 0; ///< The number, both ends included.
  std::uint64_t to = 0;
};

/// Postings of one or several ranges, merged in the order of their positions, each once. Reads
/// ahead in steps, so that nothing is read that is not asked for. Lives within one snapshot.
class posting_source {
public:
  posting_source(const table_reader& tables, std::vector<posting_range> ranges, direction order);

  /// The next posting, or nothing at the end.
  std::optional<posting> next();

private:
  struct lane {
    posting_range range;
    std::deque<posting> ready;
    bool at_end = false;
  };

  void refill(lane& of);
  bool comes_first(const posting& left, const posting& right) const;

  const table_reader& tables_;
  std::vector<lane> lanes_;
  direction order_;
  position last_;
};

/// The ranges that hold every event `asked` can match, or nothing if only the whole log does.
/// Chooses the narrowest kind: stream, correlation, tag, types, categories.
std::optional<std::vector<posting_range>> ranges_for(
  const table_reader& tables, const query& asked);

} // namespace aiex
