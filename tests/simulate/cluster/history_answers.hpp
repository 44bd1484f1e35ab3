// When an answer that wrote nothing is right: the moments of the final log at which the store had
// to give it. Follows the rules of `append_decision.hpp`, asked backwards.
#pragma once

#include "simulate/cluster/history_writers.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace aiex::test {

/// The moments; or what is wrong with the answer at every moment.
struct right_moments {
  std::vector<log_moments> ranges;                      ///< In no order; some may be empty.
  history_rule otherwise = history_rule::wrong_refusal; ///< Broken if all are.
  std::string why;
};

class history_answers {
public:
  history_answers(
    const history& of, const history_tries& tries, const history_log& log, history_findings& found)
      : of_(of), tries_(tries), log_(log), found_(found) {}

  /// Of an answered read.
  right_moments of_read(op_number number) const;
  /// Of a refusal that rests on what is in the log: a conflict. Of others any moment is right.
  right_moments of_refusal(op_number number) const;
  /// Of a repeat.
  right_moments of_repeat(op_number number) const;
  /// Of an append without any event.
  right_moments of_nothing(op_number number) const;

private:
  /// Where the ids of a request stand.
  struct places {
    log_moments before;         // while none of them was there, and no command
    log_moments some;           // while the store found some of them, or found them elsewhere
    log_moments all;            // while it found all of them as they are asked for
    log_moments before_command; // while it looked at ids at all
    log_moments behind_command;
  };
  places places_of(op_number number) const;
  bool is_there(const append_request& request, op_number number) const;
  const append_request& request_of(op_number number) const;
  log_moments while_owner(const append_request& request) const;
  void add_wrong_versions(right_moments& right, const append_request& request, const places& at,
    std::uint64_t actual) const;
  right_moments of_command(op_number number, const places& at) const;

  const history& of_;
  const history_tries& tries_;
  const history_log& log_;
  history_findings& found_;
};

} // namespace aiex::test
