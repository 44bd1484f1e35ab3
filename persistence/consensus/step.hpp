#pragma once

#include "aiex/persistence/consensus/core_state.hpp"
#include "aiex/persistence/consensus/input.hpp"

#include <functional>

namespace aiex::consensus {

/// All that a member of a cluster decides. Total: any input in any state; deterministic: the same
/// state and input, the same state and outputs, chance comes with `tick`. Adds to `out`.
void step(core_state& core, const input& given, outputs& out);

/// `step`, or one that looks at each step or plants errors: a simulator's.
using stepper = std::function<void(core_state& core, const input& given, outputs& out)>;

} // namespace aiex::consensus
