// projection_rebuild: a projection counts again from the first event on, and the client hears how
// far it is until it has counted what the log held when it began.
#pragma once

#include "aiexd/verbs/verb_call.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

namespace aiex {

/// So long a request that asks how far it is waits before it is answered.
inline constexpr std::chrono::milliseconds rebuild_look_wait{200};

/// The gateway's word to itself: look how far the rebuild has come.
struct rebuild_look {
  std::shared_ptr<verb_call> call{};
  std::string name{};
  std::uint64_t generation = 0;
  position target{};
};

/// Errors: not_found (no such projection here), history_changed (it was told to rebuild again),
/// stopped (it has stopped or was paused), invalid_history (not a cursor of ours).
void run_projection_rebuild(verb_call call);
void look_at_rebuild(rebuild_look look);

} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::rebuild_look)
