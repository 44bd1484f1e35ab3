#pragma once

#include "aiex/persistence/consensus/log_place.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <set>

namespace aiex::consensus {

/// Where each term begins in the log, so that the term of an entry is known without reading it.
/// Terms never go back in a log. 16 bytes an election, at most `limits::term_runs` of them; then
/// the oldest are forgotten, and terms there are no longer known.
class term_runs {
public:
  /// Precondition: `place` is right behind the last one and its term is not smaller.
  void append(log_place place);

  /// The log ends before `from` now.
  void cut(std::uint64_t from);

  log_place last() const noexcept { return last_; } ///< Its term at least, if it is not known.

  /// 0 at 0. Nothing beyond the end or where it is not known.
  std::optional<std::uint64_t> term_at(std::uint64_t index) const;

  /// Whether this may be the entry there: by its term, or, where that is not known, by those of the
  /// nearest known neighbours. False beyond the end.
  bool may_be(log_place place) const;

  /// Where the run of the last term begins; 1 in an empty log.
  std::uint64_t last_run_begins() const;

  /// The last place up to `index` whose term is at most `term`: further behind logs that differ
  /// need not be compared (etcd log.go: findConflictByTerm, which walks).
  log_place conflict_hint(std::uint64_t index, std::uint64_t term) const;

  /// The entry there cannot be read, and its term could be either neighbour's.
  void set_unknown(std::uint64_t index) { unknown_.insert(index); }
  /// Precondition: `term` is between those of the nearest known neighbours.
  void set_known(log_place place);

  std::size_t size() const noexcept { return runs_.size(); }

private:
  struct run {
    std::uint64_t begins = 0;
    std::uint64_t term = 0;
  };
  std::deque<run> runs_; // both ascend
  std::set<std::uint64_t> unknown_;
  log_place last_;
};

} // namespace aiex::consensus
