// names: what there is of a kind, for whoever completes what somebody types.
#pragma once

#include "aiexd/verbs/verb_call.hpp"

namespace aiex {

inline constexpr std::size_t names_told_max = 100;

/// Kinds: streams, categories, types, projections, aggregates (their categories), sessions (their
/// ids), children (their paths), groups (of the scope every node has). Errors: invalid_argument (an
/// unknown kind); corrupt, io.
void run_names(verb_call call);

} // namespace aiex
