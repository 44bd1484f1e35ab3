#pragma once

#include "aiex/persistence/archive/archive_layout.hpp"
#include "aiex/persistence/archive/archive_manifest.hpp"
#include "aiex/persistence/base/digest.hpp"
#include "aiex/persistence/base/file_descriptor.hpp"
#include "aiex/persistence/codec/zstd.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace aiex {

/// One frame, its digest verified.
struct archive_frame {
  frame_kind kind{};
  std::uint32_t number = 0;
  std::uint64_t at = 0;   ///< Where it begins in the file.
  std::string_view plain; ///< Valid until the next one is read.
};

/// Reads an archive frame by frame and believes none of it. Holds one frame in memory, and reserves
/// nothing before the file shows that it has as much. Thread: one at a time.
class archive_reader {
public:
  /// Reads the preamble and the manifest. Errors: not_found, corrupt (not an archive, or cut
  /// short), checksum_mismatch, unknown_version, io.
  static result<archive_reader> open(const std::filesystem::path& file);

  const archive_manifest& manifest() const noexcept { return manifest_; }

  /// The next frame that this program knows; nothing at the end, when the digest over all, the
  /// summary and the end of the file were right. Errors: checksum_mismatch, corrupt,
  /// unknown_version, io; the message says which frame and where.
  result<std::optional<archive_frame>> next();

  /// Known at the end.
  const archive_summary& summary() const noexcept { return summary_; }

private:
  struct frame_header;

  archive_reader(std::filesystem::path file, file_descriptor descriptor)
      : file_(std::move(file)), descriptor_(std::move(descriptor)) {}

  result<void> begin();
  result<archive_frame> read_frame();
  result<frame_header> read_frame_header(std::uint64_t at);
  result<void> expand(const frame_header& header, std::uint64_t at);
  result<void> finish(const archive_frame& last);
  result<void> fill(std::string& into, std::size_t bytes);
  tl::unexpected<error> broken(errc code, std::uint64_t at, std::string_view what) const;

  std::filesystem::path file_;
  file_descriptor descriptor_;
  std::uint64_t file_bytes_ = 0;
  std::uint64_t at_ = 0; // in the file
  archive_manifest manifest_;
  archive_summary summary_; // counted so far, without `entries` and `entry_bytes`
  sha256 frame_hash_;
  sha256 whole_hash_;
  zstd_decompressor zstd_;
  std::string header_;
  std::string stored_;
  std::string plain_;
};

} // namespace aiex
