#pragma once

#include "aiex/persistence/consensus/core_state.hpp"

#include <set>

namespace aiex::consensus {

/// What recovery found.
struct core_start {
  std::optional<term_record> record{};
  bool is_void = false; ///< There must be a record, and there is none that can be read.
  term_runs terms{};
  std::optional<configurations> members{}; ///< None in the log: alone, or about to join.
  std::uint64_t committed = 0; ///< What is applied, or the record's hint, if greater and there.
  log_place proven{};          ///< By the state and what is damaged at the end.
  /// From here on nothing can be read, and `terms` ends before it: is cut when the proof that it
  /// was there is durable. 0: nothing.
  std::uint64_t damaged_end = 0;
  std::set<std::uint64_t> damaged{};
};

/// A core as it starts:
///
///   no record, no configuration    alone; goes on in the term it led, and writes nothing for it
///   record, no configuration       the same (founding was begun), or waits to be joined (`joins`)
///   record, alone, led last term   goes on, unless its log ends before what is proven
///   record, configuration          a member: a follower, in its next life
///   record, entries missing        the same without its members, if it does not know them: it
///   waits
///                                  for a leader
///   configuration, no record       void: takes part in nothing. So is a record older than the log
///
/// What it has to say comes with its first step.
core_state begin(const core_options& options, const core_start& found);

} // namespace aiex::consensus
