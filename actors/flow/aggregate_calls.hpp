// What an aggregate is asked and what it answers, as plain values.
#pragma once

#include "aiex/persistence/codec/encoded.hpp"
#include "aiex/persistence/log/append.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace aiex {

/// Answered with `dispatch_answer`. Whoever repeats a call repeats its command id: it is then done
/// once.
struct dispatch_call {
  std::string id; ///< Of the aggregate, "42" for "account-42".
  std::string command;
  std::string data = "{}";
  std::optional<uuid> command_id{}; ///< Nothing: a new one, and the call must not be repeated.
  std::string correlation_id{};
  std::string causation_id{};              ///< Empty: the command's id.
  std::optional<std::uint64_t> expected{}; ///< Decide only if this is the stream's version.
  bool dry_run = false;                    ///< Decide and check, append nothing.
};

struct dispatched {
  std::uint64_t version = 0; ///< Of the last event; without events the stream's.
  std::vector<encoded> events{};
  bool repeated = false; ///< It was done before; this is what came of it then.
  position last{};       ///< Of the last event; 0 without events.
  std::optional<append_result> appended{};

  bool operator==(const dispatched&) const = default;
};

/// Answered with `aggregate_state_answer`.
struct aggregate_state_call {
  std::string id;
  std::optional<std::uint64_t> at{}; ///< As of this version; nothing: as of now.
  bool rebuild = false;              ///< From the first event on, whatever was saved.
};

struct aggregate_view {
  std::uint64_t version = 0;
  std::string state_json; ///< "null" if the state has no described form.

  bool operator==(const aggregate_view&) const = default;
};

} // namespace aiex
