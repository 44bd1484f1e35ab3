#pragma once

#include "aiex/persistence/base/error.hpp"

namespace aiex {

/// Whether the same append may succeed later: nobody knows what came of it, or the store could not
/// decide. All other errors are the store's decision that nothing was written; it then knows of
/// earlier attempts with the same id, too.
bool is_passing(errc code) noexcept;

} // namespace aiex
