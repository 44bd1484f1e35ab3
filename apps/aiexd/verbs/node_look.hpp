// Looks at a node from all sides: what it stands on, and what its actors say of themselves.
#pragma once

#include "aiexd/verbs/diagnosis.hpp"
#include "aiexd/verbs/verb_call.hpp"

#include <functional>

namespace aiex {

/// So long it waits for each that it asks; of who is silent nothing is found.
inline constexpr std::chrono::milliseconds node_look_patience{2'000};

/// Calls `then` in the gateway when all have answered, or have not.
void look_at_node(verb_call call, std::function<void(verb_call&, const node_findings&)> then);

} // namespace aiex
