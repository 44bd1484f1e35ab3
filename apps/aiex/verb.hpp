// A verb of the command line as a plain value: what may be written, what is sent for it, how the
// answer is shown.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aiex::tool {

enum class value_kind : std::uint8_t {
  text,
  json,     ///< Sent as it is written; "-" reads standard input.
  number,   ///< Whole, not negative.
  expected, ///< "any", "none", "exists" or a whole number.
  flag,
};

/// A positional argument or an option, and the key under which it is sent.
struct parameter {
  std::string_view name; ///< "--expect", or "STREAM".
  std::string_view key;  ///< Empty: not sent, it concerns the tool alone.
  value_kind kind = value_kind::text;
  bool is_required = false;
  bool is_repeated = false; ///< Sent as a list.
  std::string_view what{};
};

enum class view : std::uint8_t { fields, rows, events, tree, text };

struct verb {
  std::string_view words; ///< "store stats"
  std::string_view sent;  ///< The gateway's verb; empty: done without a node.
  std::string_view summary;
  std::vector<std::string_view> examples{};
  std::vector<parameter> positionals{};
  std::vector<parameter> options{};
  view shown = view::fields;
  bool is_long = false;          ///< Answers progress before its result.
  bool is_endless = false;       ///< Goes on until it is interrupted.
  bool asks = false;             ///< Wants --yes, or a "y" on a terminal.
  std::string_view when_empty{}; ///< Said to people whose list has no rows.
};

/// Every verb, in the order of the help. `words` is unique.
const std::vector<verb>& verbs();

/// What may stand on every line, before or behind the verb; a verb's own option of the same name
/// goes before it there.
const std::vector<parameter>& options_of_all();

/// Nothing if there is none of these words.
const verb* find_verb(std::string_view words);

/// Of one verb: begins with its examples.
std::string help_of(const verb& row);

} // namespace aiex::tool
