// restart: a child is stopped and started again by its supervisor.
#pragma once

#include "aiexd/verbs/verb_call.hpp"

namespace aiex {

/// Whether the node cannot do without this child while it runs: its top, its store, its gateway.
bool carries_node(std::string_view path);

/// A child of a dynamic supervisor, and a temporary one, is stopped: whoever needs it next starts
/// it. Errors: not_found, invalid_argument (more than one is meant), refused (it carries the node),
/// stopped (it could not be started again), unknown_outcome (its supervisor does not answer).
void run_restart(verb_call call);

} // namespace aiex
