#pragma once

#include "aiex/persistence/base/error.hpp"

#include <filesystem>
#include <string_view>

namespace aiex {

/// Writes all of it, however many calls it takes. If not: `errno` says why.
bool write_all(int descriptor, std::string_view bytes);

/// What the system has just refused (`errno`), as "<what> <file>: <its words>": store_full,
/// already_exists, in_use or, for all the rest, io.
tl::unexpected<error> file_refused(const char* what, const std::filesystem::path& file);

} // namespace aiex
