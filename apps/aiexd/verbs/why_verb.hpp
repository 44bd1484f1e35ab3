// why: what the crash ledger has about a child.
#pragma once

#include "aiexd/verbs/verb_call.hpp"

namespace aiex {

/// The newest so many are answered.
inline constexpr std::size_t crashes_shown_max = 100;

/// Errors: not_found (no such child, and none has crashed), corrupt, io.
void run_why(verb_call call);

} // namespace aiex
