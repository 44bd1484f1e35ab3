// Two things at the same time: for whoever waits for a disk and has work meanwhile.
#pragma once

#include "aiex/persistence/base/function_ref.hpp"

#include <functional>

namespace aiex {

/// Runs both and ends when both have ended. What one of them throws is thrown then; if both do,
/// what `here` throws. `here` runs in the caller's thread. Thread: one caller at a time.
using run_both = std::function<void(function_ref<void()> there, function_ref<void()> here)>;

/// `there`, then `here`, in the caller's thread: the same order in every run.
run_both one_after_the_other();

/// `there` on a thread of its own, always the same. It starts with the first call and ends with the
/// last copy. Waking it takes some 50 us, so the shorter of the two goes there.
run_both side_by_side();

} // namespace aiex
