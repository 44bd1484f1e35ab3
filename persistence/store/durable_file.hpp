#pragma once

#include "aiex/persistence/base/error.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace aiex {

/// Replaces a small file whole: written beside it, synced, renamed over it, the folder synced.
/// After a crash there is the old one or the new one. Errors: io, store_full.
result<void> write_durably(const std::filesystem::path& file, std::string_view content);

/// A file of at most `bytes_max`. Errors: not_found, data_too_large, io.
result<std::string> read_small_file(const std::filesystem::path& file, std::size_t bytes_max);

/// Makes the names in a folder durable. Errors: io.
result<void> sync_folder(const std::filesystem::path& folder);

} // namespace aiex
