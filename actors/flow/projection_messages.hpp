// What one says to a projection. It never leaves the process.
#pragma once

#include "aiex/actors/flow/projection_core.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <string>
#include <string_view>

namespace aiex {

/// "running", and so on.
std::string_view text_of(projection_status status) noexcept;

/// Answered with `projection_info`.
struct projection_info_call {};
struct projection_info {
  std::string name;
  projection_status status = projection_status::running;
  aiex::position position;      ///< Up to here it has counted.
  aiex::position head;          ///< Of the log.
  std::uint64_t lag_events = 0; ///< Of those it listens to; counted up to `lag_events_max`,
  bool lag_is_more = false;     ///< and there are more.
  double lag_seconds = 0;       ///< How long the first of them has waited.
  std::string state_json;
  std::uint64_t generation = 1;
  std::uint64_t skipped = 0;
  std::uint64_t errors = 0;
  std::string last_error;
};

/// Answered with `projection_type_answer`: what it is made of.
struct projection_type_call {};
struct projection_type_answer {
  projection_type type;
};

/// Answered with `projection_control_answer`. Errors: those of `projection_core::control`.
struct projection_control_call {
  projection_control what{};
};
struct projection_control_answer {
  result<void> outcome;
};

/// Answered with `projection_wait_answer` when everything up to there has counted and is saved.
/// Errors: invalid_history (beyond the head), time_out, overloaded (too many wait).
struct projection_wait_call {
  aiex::position position;
};
struct projection_wait_answer {
  result<void> outcome;
};

} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::projection_info_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::projection_info)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::projection_type_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::projection_type_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::projection_control_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::projection_control_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::projection_wait_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::projection_wait_answer)
