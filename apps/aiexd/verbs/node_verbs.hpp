#pragma once

#include "aiexd/verbs/verb_call.hpp"

namespace aiex {

/// The verbs that every node knows. Parts of a node add theirs behind them.
std::vector<verb> node_verbs();

/// What status says: also for /health.
json_value status_of(const gateway_environment& node, std::size_t actors);

/// Memory that this process holds.
std::uint64_t resident_bytes();

} // namespace aiex
