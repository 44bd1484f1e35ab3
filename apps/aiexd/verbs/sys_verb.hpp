// sys: an actor of the tree is looked at, or held, while it runs, whatever it is: OTP's sys.
#pragma once

#include "aiexd/verbs/verb_call.hpp"

namespace aiex {

/// "child", "what" (state, statistics, suspend, resume, trace), of a trace "how" (on, off, get) and
/// "events", how many it keeps. A trace is answered with a line each, the oldest first; all others
/// with one object. Errors: not_found; invalid_argument (more than one is meant, an unknown word);
/// refused (to suspend what carries the node); time_out (it does not come back from a handler);
/// unknown_outcome (the same of an order, which is then done when it does come back).
void run_sys(verb_call call);

} // namespace aiex
