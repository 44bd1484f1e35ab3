#pragma once

#include "aiex/persistence/base/error.hpp"
#include "aiex/persistence/base/function_ref.hpp"
#include "aiex/persistence/storage/ordered_tables.hpp"
#include "aiex/persistence/store/verify_report.hpp"

namespace aiex {

/// Checks the seal of every record, row and snapshot of the models' tables, a bounded number in a
/// snapshot, beside a writer too. The report's `head` is the last position that a projection has
/// counted. `step` is called between snapshots. Errors: io, corrupt (the medium itself).
result<verify_report> check_models(const ordered_tables& models, function_ref<void()> step);

} // namespace aiex
