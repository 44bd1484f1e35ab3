// `aiex cert …`: the certificates of a cluster. Needs no node.
#pragma once

#include "aiex/run_request.hpp"

namespace aiex::tool {

/// Whether this is one of them.
bool is_cert_verb(const invocation& wish);

/// Errors: those of `cert_folder`, and invalid_argument.
result<void> run_cert_verb(const invocation& wish, const run_context& context);

} // namespace aiex::tool
