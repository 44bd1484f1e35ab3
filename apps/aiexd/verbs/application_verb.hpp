// application: the applications of the node's program.
#pragma once

#include "aiexd/verbs/verb_call.hpp"

namespace aiex {

/// All of them, in the order of their start; of a program that has none, nothing.
void run_application_list(verb_call call);

/// Starts one; with `together` also what it depends on. Errors: not_found, already_exists (it
/// runs), refused (what it depends on does not run, or its start has failed), stopped.
void run_application_start(verb_call call);

/// Stops one, and names those that depend on it and go on. Errors: not_found, refused (it does not
/// run), stopped.
void run_application_stop(verb_call call);

} // namespace aiex
