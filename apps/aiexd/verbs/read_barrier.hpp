// How fresh what a verb reads has to be, and what is said if it is not.
//
//   linearizable   all that was answered anywhere before the request (without one: the same)
//   local          what this node has applied by now
//
// Without a majority nobody can tell what was answered elsewhere: the node answers from what it
// has, and says so.
#pragma once

#include "aiexd/verbs/verb_call.hpp"

namespace aiex {

/// Runs it when the state is as fresh as `call.given` says. Errors, to the client: invalid_argument
/// (another word), overloaded, time_out.
void run_fresh(verb_call call, void (*run)(verb_call));

/// The answer of a read that may be old: it says so, and each object in it has `"stale":true`, one
/// alone also the position that it is of.
gateway_reply as_stale(gateway_reply reply, position at);

} // namespace aiex
