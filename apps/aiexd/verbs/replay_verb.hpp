// replay: a range of events into a copy of a projection; the real one hears nothing of it.
#pragma once

#include "aiexd/verbs/verb_call.hpp"

namespace aiex {

extern const std::vector<std::string_view> replay_keys;

/// Progress, then what the copy made of the events. Errors: not_found (no such projection here),
/// overloaded (too much long work is under way), those of `replay_projection`.
void run_replay(verb_call call);

} // namespace aiex
