#pragma once

#include "aiex/persistence/base/error.hpp"

#include <nlohmann/json.hpp>

namespace aiex::tool {

/// What `store verify` answered, as an outcome: who asks a store whether it is sound wants to be
/// told by the exit code, too. Errors: corrupt, with what is damaged, what to do about it, and the
/// first bad position of the log, if there is one.
result<void> check_soundness(const nlohmann::ordered_json& answer);

} // namespace aiex::tool
