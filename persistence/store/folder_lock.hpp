#pragma once

#include "aiex/persistence/base/error.hpp"
#include "aiex/persistence/base/file_descriptor.hpp"

#include <filesystem>

namespace aiex {

/// The right to a folder: held (flock on its file `lock`) by one process at a time, and gone with
/// it. It belongs to the folder, not to its path: it stays held when the folder is renamed.
class folder_lock {
public:
  /// Errors: not_found (no such folder), in_use (another process has it), io.
  static result<folder_lock> take(const std::filesystem::path& folder);

private:
  explicit folder_lock(file_descriptor file) : file_(std::move(file)) {}

  file_descriptor file_;
};

} // namespace aiex
