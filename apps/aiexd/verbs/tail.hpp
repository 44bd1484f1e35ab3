// Tail: a client asks, and is answered when there is something, or when its time is over.
#pragma once

#include "aiexd/verbs/verb_call.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

namespace aiex {

/// More clients that wait are answered with `overloaded`: with nothing, they would ask at once
/// again.
inline constexpr std::size_t tails_waiting_max = 256;
inline constexpr std::chrono::milliseconds tail_wait_default{5'000};
inline constexpr std::chrono::milliseconds tail_wait_max{30'000};

/// The gateway's word to itself.
struct tail_over {
  std::uint64_t number = 0;
};

void run_tail(verb_call call);
void resume_tails(gateway_actor* self, const gateway_environment_pointer& node);
void end_tail(gateway_actor* self, std::uint64_t number);
void end_tails(gateway_actor* self);

} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::tail_over)
