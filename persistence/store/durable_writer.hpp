#pragma once

#include "aiex/persistence/base/error.hpp"
#include "aiex/persistence/base/file_descriptor.hpp"

#include <filesystem>
#include <string_view>

namespace aiex {

/// Writes a large new file piece by piece, beside its place (`<file>.new`), and puts it there when
/// it is whole and synced. What was not finished is removed; after a crash it may be left over, and
/// the next one to write there takes it. Thread: one at a time.
class durable_writer {
public:
  /// Errors: already_exists (the file is there), in_use (another process is writing it), io.
  static result<durable_writer> create(const std::filesystem::path& file);

  ~durable_writer();
  durable_writer(durable_writer&& from) = default;
  durable_writer& operator=(durable_writer&& from) = default;

  /// Errors: store_full, io. Nothing may follow an error.
  result<void> write(std::string_view bytes);

  /// The file is in its place, for good. Never replaces one. Errors: already_exists, store_full,
  /// io.
  result<void> finish();

private:
  explicit durable_writer(std::filesystem::path file) : file_(std::move(file)) {}

  std::filesystem::path beside() const { return file_.string() + ".new"; }

  std::filesystem::path file_;
  file_descriptor descriptor_; // of `beside`, locked
};

} // namespace aiex
