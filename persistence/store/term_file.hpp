#pragma once

#include "aiex/persistence/storage/term_storage.hpp"

#include <filesystem>

namespace aiex {

/// The term record as a small file that is replaced whole; its bytes stand in
/// docs/on_disk_format.md. A file that is damaged or cut is `corrupt`, one of a newer format
/// `unknown_version`.
term_storage open_term_file(std::filesystem::path file);

} // namespace aiex
