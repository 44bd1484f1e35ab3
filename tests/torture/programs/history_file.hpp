// The history that clients of real nodes noted, and the log that a node has in the end, as files of
// JSON Lines. tests/torture/history.py writes the first, `aiex events --all --json` the second.
//
//   {"op":7,"client":2,"at":20,"call":"append","stream":"s-1","expect":4,
//    "events":[{"id":UUID,"type":"happened","data":"{}"}]}
//   {"op":8,"client":2,"at":21,"call":"read","stream":"s-1"}       {…,"call":"head"}
//   {"op":7,"at":31,"answer":"ok","first_version":5,"version":5,"first_position":9,"position":9,
//    "recorded_at":"…","repeated":true}
//   {"op":8,"at":32,"answer":"sees","seen":5,"id":UUID}
//   {"op":7,"at":31,"answer":"wrong_expected_version","actual":6}  any other error, the same way
//
// The order of the lines is the order of calls and answers. "expect" is a number or a word of the
// tool's; "recorded_at", where nobody was told it, is left out.
#pragma once

#include "simulate/cluster/history.hpp"

#include <iosfwd>
#include <set>
#include <string>

namespace aiex::test {

/// What stands in the log though no client of the history asked for it.
struct foreign_categories {
  std::set<std::string> names{}; ///< And those of the system, which begin with `$`.

  bool has(std::string_view stream) const;
};

struct recorded_run {
  history seen;
  final_log log;
};

/// Throws broken_invariant, with the number of the line, for what is no history or log. Positions
/// of the log must be 1, 2, 3, …; whoever finds others has found a gap already.
recorded_run read_run(
  std::istream& history_lines, std::istream& log_lines, const foreign_categories& foreign);

} // namespace aiex::test
