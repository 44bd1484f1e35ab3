#pragma once

#include "aiex/persistence/base/error.hpp"

#include <filesystem>

namespace aiex {

/// Two folders of one parent change places, in one step: at no moment is one of the names without a
/// folder. Durable. Errors: io, also where the file system cannot (the message says what to do).
result<void> exchange_folders(const std::filesystem::path& one, const std::filesystem::path& other);

/// Gives a folder a name that nothing has yet, beside it. Durable. Errors: already_exists, io.
result<void> rename_folder(const std::filesystem::path& from, const std::filesystem::path& to);

/// "data.restoring" for "data" and ".restoring".
std::filesystem::path beside(const std::filesystem::path& folder, const std::string& suffix);

} // namespace aiex
