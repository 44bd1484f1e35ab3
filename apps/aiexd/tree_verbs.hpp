#pragma once

#include "aiexd/gateway.hpp"

namespace aiex {

/// The supervision tree as it is now.
void run_tree(verb_call call);

} // namespace aiex
