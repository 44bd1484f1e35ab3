// May this append happen? The one place that answers, as a pure function: the leader asks it before
// it writes, the simulator and the tests ask it with tables.
//
//   ids of the batch            expectation                     verdict
//   none known                  holds                           accepted
//                               does not                        wrong_expected_version
//   all known, in this stream,  any, exists                     repeated (original result)
//   consecutive, in order,      exact n, first stands at n + 1  repeated
//   of equal content            exact n, elsewhere              wrong_expected_version
//   anything else               -                               duplicate_id
//
// A known command id is looked up first: a repeat is answered with the original, however the stream
// has moved on. Who writes as owner must own the newest epoch, unless it is a repeat.
// Content is stream, type, data and metadata; correlation, causation, time, tags and node are not.
#pragma once

#include "aiex/persistence/base/digest.hpp"
#include "aiex/persistence/base/function_ref.hpp"
#include "aiex/persistence/log/append.hpp"

#include <optional>
#include <span>
#include <variant>
#include <vector>

namespace aiex {

/// What is remembered of each event for ever, also when its content was dropped.
struct known_event {
  std::string stream;
  std::uint64_t version = 0;
  aiex::position position;
  timestamp recorded_at;
  digest content{};
};

/// What is remembered of a command that led to events.
struct known_command {
  std::uint64_t digest = 0;
  position first;
  std::uint64_t count = 0;
};

/// What the decision asks: of the state, plus what is proposed and not yet committed. May throw
/// what the storage below throws.
struct append_facts {
  function_ref<std::uint64_t(std::string_view stream)> version_of; ///< 0: no event yet.
  function_ref<std::optional<known_event>(const uuid& id)> event_by_id;
  function_ref<known_event(position)> event_at; ///< Of one that exists.
  function_ref<std::optional<known_command>(const uuid& id)> command_by_id;
};

/// The versions the events get: of each part, the stream's version before it.
struct accepted {
  std::vector<std::uint64_t> versions_before;
};

/// Accepted, or the answer of what changes nothing: a repeat or an append without events.
using append_decision = std::variant<accepted, append_result>;

/// `contents` holds the content digest of each event, in order. Precondition: `check(request)`.
/// Errors: wrong_expected_version, duplicate_id, stale_epoch.
result<append_decision> decide_append(
  const append_request& request, std::span<const digest> contents, const append_facts& facts);

/// What the command led to, read back: events of one stream behind each other are one part. Errors:
/// duplicate_id, if `known` is another command.
result<append_result> original_of_command(const command_reference& command,
  const known_command& known, function_ref<known_event(position)> event_at);

} // namespace aiex
