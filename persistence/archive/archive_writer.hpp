#pragma once

#include "aiex/persistence/archive/archive_layout.hpp"
#include "aiex/persistence/archive/archive_manifest.hpp"
#include "aiex/persistence/base/digest.hpp"
#include "aiex/persistence/codec/zstd.hpp"
#include "aiex/persistence/store/durable_writer.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace aiex {

/// Writes an archive: the manifest, entries in their order, other frames, the summary. Holds one
/// frame in memory. The file is in its place when `finish` has returned, and not before.
class archive_writer {
public:
  /// `manifest.zstd_level` is 0 to 19. Errors: those of `durable_writer::create`, invalid_argument.
  static result<archive_writer> create(
    const std::filesystem::path& file, const archive_manifest& manifest);

  /// The log's next entry, up to `limits::entry_bytes_max`. Errors: store_full, io.
  result<void> add_entry(std::string_view bytes);

  /// A frame of its own, up to `limits::archive_frame_bytes_max`, behind the entries so far.
  result<void> add_frame(frame_kind kind, std::string_view plain);

  /// Errors: store_full, io, already_exists.
  result<archive_summary> finish();

private:
  archive_writer(durable_writer out, int zstd_level)
      : out_(std::move(out)), level_(zstd_level), zstd_(zstd_level) {}

  result<void> begin(const archive_manifest& manifest);
  result<void> flush_entries();
  result<void> write_frame(frame_kind kind, std::string_view plain);

  durable_writer out_;
  int level_;
  zstd_compressor zstd_;
  sha256 frame_hash_;
  sha256 whole_hash_;
  std::string entries_;    // not yet written
  std::string compressed_; // one frame on its way
  std::string header_;     // of that frame
  archive_summary summary_;
};

/// The levels of zstd that an archive may be written with; 0 stores it as it is.
inline constexpr int archive_zstd_level_max = 19;

} // namespace aiex
