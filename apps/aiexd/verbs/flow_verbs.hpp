// The verbs about aggregates: dispatch and state.
#pragma once

#include "aiexd/verbs/verb_call.hpp"

namespace aiex {

extern const std::vector<std::string_view> dispatch_keys;
extern const std::vector<std::string_view> state_keys;

/// Of the aggregates of this node, sorted, without the system's own.
std::vector<std::string> categories_of(const registry& names);

/// A command to an aggregate. Errors: reserved_name, not_found (no such category here), refused
/// (its refusal), those of `dispatch_call`.
void run_dispatch(verb_call call);

/// An aggregate's state. Errors: not_found (no such category here, or no such aggregate),
/// invalid_history.
void run_state(verb_call call);

} // namespace aiex
