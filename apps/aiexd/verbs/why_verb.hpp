// why: what the crash ledger has about a child.
#pragma once

#include "aiexd/verbs/crash_log.hpp"

namespace aiex {

/// What the ledger has of it, the newest last, and always its last crash; then one line with how
/// many crashes since when. With "chain": the events of what its last crash belongs to, in their
/// order, up to `crashes_told_max`. Errors: not_found (no such child, and none has crashed;
/// "chain": no crash says what it belongs to), corrupt, io.
void run_why(verb_call call);

} // namespace aiex
