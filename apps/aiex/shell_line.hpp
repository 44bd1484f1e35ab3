// What a line of the shell means. Pure.
#pragma once

#include "aiex/persistence/base/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace aiex::tool {

/// Words as a shell sees them: '…' as it stands, "…" and outside with \ before a character; a #
/// that begins a word begins a comment. Errors: invalid_argument (a quote that is not closed).
result<std::vector<std::string>> split_line(std::string_view line);

} // namespace aiex::tool
