// The long work that clients have begun, and who still asks after it.
//
// A verb begins a job; its client asks again and again, with the cursor that it was given, until
// there is an outcome. Who stops asking has gone away: the job is stopped then, and what it came to
// is kept for a while only.
#pragma once

#include "aiexd/verbs/verb_call.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

namespace aiex {

/// Jobs that run or whose outcome is kept; the next one is answered with `overloaded`.
inline constexpr std::size_t jobs_max = 4;

/// How long a request that asks for progress waits before it is answered.
inline constexpr std::chrono::milliseconds job_look_wait{200};

/// A job that nobody has asked after for so long is stopped. What it came to is kept as long.
inline constexpr std::chrono::seconds job_unasked_max{30};

/// The gateway's word to itself: answer how far the job is.
struct job_look {
  std::string cursor;
  gateway_promise promise;
};

/// The gateway's word to itself: see whether anybody still asks after it.
struct job_watch {
  std::string cursor;
};

/// Begins work and answers how far it is. Errors: overloaded (`jobs_max` are there).
void begin_job(verb_call& call, job_work work, std::string unit);

/// Whether the request asks after work that was begun before; it is answered a little later.
/// Errors: invalid_history (no such work, or another verb's).
bool goes_on(verb_call& call);

void look_at_job(gateway_actor* self, job_look look);
void watch_job(gateway_actor* self, const job_watch& watch);

} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::job_look)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::job_watch)
