// The verbs that work on a node's folder while no node runs there: `store … --data DIR`.
#pragma once

#include "aiex/run_request.hpp"

namespace aiex::tool {

/// Whether this is one of them.
bool is_offline(const invocation& wish);

/// A restore into a folder that holds something.
bool would_replace(const invocation& wish);

/// Errors: those of `verify_in_child`, `backup`, `restore` and `local_store::open`; corrupt if a
/// verification found something; invalid_argument for a restore without --yes.
result<void> run_offline(const invocation& wish, const run_context& context);

} // namespace aiex::tool
