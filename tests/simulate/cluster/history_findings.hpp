// What the checker of histories found, and how many steps it took.
#pragma once

#include "simulate/cluster/history.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aiex::test {

enum class history_rule : std::uint8_t {
  gap,          ///< A stream's versions in the log are 1, 2, 3, …
  invented,     ///< Every event in the log was asked for.
  doubled,      ///< What was asked for once stands once: ids, commands, one writer of each.
  changed,      ///< It stands there as it was asked for.
  torn,         ///< An append stands whole or not at all, and nobody sees half of one.
  lost,         ///< What somebody was told, or saw, is there in the end.
  forked,       ///< It is there where somebody was told, the same for whoever asks.
  two_winners,  ///< One place, a position or a version, was told for one id.
  reordered,    ///< What was answered before another was asked for stands before it.
  premature,    ///< Nobody sees what nobody has asked for yet.
  stale,        ///< An answer knows of all that was answered, to whomever, before it was asked for.
  wrong_accept, ///< What was written was expected to be written there.
  stale_owner,  ///< Whoever wrote as an owner was the owner.
  wrong_refusal, ///< A refusal was right once between call and answer, and wrote nothing.
  wrong_repeat,  ///< Only what somebody else's try may have written is answered as a repeat.
};

constexpr std::string_view name(history_rule rule) noexcept {
  constexpr std::string_view names[] = {"gap", "invented", "doubled", "changed", "torn", "lost",
    "forked", "two_winners", "reordered", "premature", "stale", "wrong_accept", "stale_owner",
    "wrong_refusal", "wrong_repeat"};
  return names[static_cast<std::size_t>(rule)];
}

struct history_violation {
  history_rule rule = history_rule::gap;
  std::vector<op_number> operations; ///< Who can tell; none if only the log can.
  std::string what;                  ///< A sentence.
};

struct history_report {
  std::vector<history_violation> violations;
  std::uint64_t steps = 0; ///< What was looked at, each look at an event or a part counted.
};

/// Where the parts of the checker put what they find.
class history_findings {
public:
  /// More than that nobody reads.
  static constexpr std::size_t violations_max = 100;

  explicit history_findings(const history& of) : of_(of) {}

  void step(std::uint64_t count = 1) noexcept { report_.steps += count; }

  /// `what` follows the operations' descriptions.
  void add(history_rule rule, std::vector<op_number> operations, std::string_view what) {
    if (report_.violations.size() == violations_max)
      return;
    std::string sentence;
    for (const op_number each : operations)
      sentence += (sentence.empty() ? "" : " and ") + describe(each, of_.operations[each]);
    sentence += (sentence.empty() ? "" : ": ") + std::string{what};
    report_.violations.push_back({rule, std::move(operations), std::move(sentence)});
  }

  history_report take() { return std::move(report_); }

private:
  const history& of_;
  history_report report_;
};

} // namespace aiex::test
