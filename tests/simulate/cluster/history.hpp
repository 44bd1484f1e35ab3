// What clients note while a simulation runs: every call and every answer, in the order in which the
// one thread of the world saw them. And the log as it stands in the end. `check` compares them.
#pragma once

#include "aiex/persistence/base/digest.hpp"
#include "aiex/persistence/base/error.hpp"
#include "aiex/persistence/log/append.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace aiex::test {

using op_number = std::size_t; ///< Its place in `history::operations`.

struct read_head {};
struct read_stream {
  std::string name;
};
using client_call = std::variant<append_request, read_head, read_stream>;

/// How far a read saw.
struct seen_until {
  std::uint64_t at = 0; ///< The head's position, or the stream's version.
  uuid last{};          ///< The event that stands there; nil: none does, or nobody looked.
};
using client_answer = std::variant<result<append_result>, result<seen_until>>;

struct operation {
  std::uint64_t client = 0;
  client_call asked;
  std::uint64_t called_at = 0; ///< Times are for people; the order of `moments` decides.
  std::uint64_t answered_at = 0;
  std::optional<client_answer> answer{}; ///< None: whoever waited for it gave up, or the run ended.
};

enum class client_outcome : std::uint8_t {
  ok,
  refused, ///< This try has written nothing and never will.
  unknown, ///< It has written, or will, or never.
};

/// Whether the error leaves open what became of the append. Of a store that failed (`io`,
/// `corrupt`) its next start tells.
bool leaves_open(errc code) noexcept;
client_outcome outcome_of(const operation& done) noexcept;

/// The answer of an append, or of a read, if it was `ok`; else null.
const append_result* appended(const operation& done) noexcept;
const seen_until* seen(const operation& done) noexcept;
/// Why it was refused, or is unknown; null if it was not answered or ok.
const error* failure_of(const operation& done) noexcept;

/// "op 7 (client 2, append of 3 events to a-1, called at 20, answered at 31: ok)".
std::string describe(op_number number, const operation& done);

/// A call or an answer.
struct moment {
  op_number operation = 0;
  bool is_answer = false;
};

struct history {
  std::vector<operation> operations;
  std::vector<moment> moments;

  /// A client asks. A repeat is an operation of its own, with the same ids or the same command.
  op_number call(std::uint64_t client, std::uint64_t at, client_call asked);
  /// Precondition: called, not answered yet; an append's answer for an append.
  void answer(op_number number, std::uint64_t at, client_answer answer);
};

/// An event of the log, as far as clients can tell.
struct logged_event {
  std::string stream;
  std::uint64_t version = 0;
  uuid id{};
  digest content{}; ///< `content_digest` of it.
  timestamp recorded_at;
  std::optional<command_reference> command{}; ///< In the first event that a command led to.
  std::uint64_t command_events = 0;           ///< How many it led to.
};

/// At position i + 1.
using final_log = std::vector<logged_event>;

} // namespace aiex::test
