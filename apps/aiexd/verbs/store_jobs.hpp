// The verbs that take long: store_verify and store_backup.
#pragma once

#include "aiexd/verbs/verb_call.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

namespace aiex {

/// Running and finished ones whose outcome nobody has fetched yet.
inline constexpr std::size_t jobs_max = 4;

/// How long a request that asks for progress waits before it is answered.
inline constexpr std::chrono::milliseconds job_look_wait{200};

/// The gateway's word to itself: answer how far the job is.
struct job_look {
  std::string cursor;
  gateway_promise promise;
};

/// Begins work and answers how far it is. Errors: overloaded (`jobs_max` are under way).
void begin_job(verb_call& call, job_work work, std::string unit);

/// Whether the request asks after work that was begun before; it is answered a little later.
bool goes_on(verb_call& call);

void run_store_verify(verb_call call);
void run_store_backup(verb_call call);
void look_at_job(gateway_actor* self, job_look look);

} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::job_look)
