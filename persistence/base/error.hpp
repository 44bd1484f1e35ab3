// What can go wrong in aiex, as values. Expected outcomes are codes of `errc`; a bug is
// `broken_invariant`, which ends the actor that found it.
#pragma once

#include <tl/expected.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace aiex {

/// One code per case that a caller treats differently. The names are printed, logged and sent
/// between nodes. Add at the end of a group, never renumber.
enum class errc : std::uint8_t {
  // usage: the request itself is wrong and stays wrong
  invalid_argument = 1,
  invalid_id = 2,
  invalid_stream = 3, ///< Not 1..255 bytes of UTF-8 without control characters.
  invalid_type = 4,
  invalid_data = 5, ///< Not the JSON it claims to be.
  invalid_metadata = 6,
  invalid_tag = 7,
  invalid_correlation_id = 8,
  missing_required_fields = 9,
  data_too_large = 10,
  batch_too_large = 11,
  too_many_tags = 12,
  reserved_name = 13, ///< `$` begins names of the system.
  state_too_large = 14,
  unknown_type = 15,    ///< A command, aggregate or category this program does not know.
  invalid_history = 16, ///< A position or cursor that cannot be: beyond the head.

  // conflict: somebody else was first
  wrong_expected_version = 40, ///< `error::actual` is the stream's version: reload, decide again.
  duplicate_id = 41,           ///< The id is known, with other content or elsewhere.
  already_exists = 42,
  history_changed = 43,
  stale_epoch = 44, ///< The writer no longer owns what it writes for. `actual` is the epoch now.

  // not found
  not_found = 60,
  session_not_found = 61,

  // unavailable: nothing is wrong with the request; later it may succeed
  overloaded = 80,
  time_out = 81,
  unknown_outcome = 82,
  store_full = 83,
  no_quorum = 84,
  in_use = 85,      ///< Another process has the folder open, or listens there.
  unreachable = 86, ///< No node answers at that address.
  not_leader = 87,  ///< Another node leads the cluster: the message says which.

  // integrity
  corrupt = 100, ///< `error::actual` is the first bad position, 0 if there is none to name.
  checksum_mismatch = 101,
  unknown_version = 102, ///< A format, schema or protocol newer than this program.
  lost_events = 103,     ///< The log ends before what was acknowledged. Restore it from a backup.

  // the rest
  refused = 120, ///< An aggregate's refusal: `error::message` is its reason.
  io = 121,      ///< The system refused; the message has its words. Never retried on a store.
  stopped = 122, ///< The actor or store has ended.
  denied = 123,
  session_closed = 124, ///< Closed or archived: it can be read, and takes no more commands.
};

/// "wrong_expected_version" for `errc::wrong_expected_version`, and so on.
std::string_view name(errc code) noexcept;

struct error {
  errc code = errc::io;
  std::string message;      ///< For people: what, why, what to do. Programs look at `code`.
  std::uint64_t actual = 0; ///< What the code's comment says it is, else 0.

  bool operator==(const error&) const = default;
};

/// A value, or the reason there is none.
template <class Value>
using result = tl::expected<Value, error>;

/// `return fail(errc::not_found, "…");`
inline tl::unexpected<error> fail(errc code, std::string message, std::uint64_t actual = 0) {
  return tl::unexpected(error{code, std::move(message), actual});
}

/// A bug was found. Ends the actor that found it; nobody catches this but the supervisor.
struct broken_invariant : std::logic_error {
  using std::logic_error::logic_error;
};

inline void invariant(bool holds, const char* what) {
  if (!holds)
    throw broken_invariant{what};
}

} // namespace aiex
