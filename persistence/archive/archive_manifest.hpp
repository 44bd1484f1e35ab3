#pragma once

#include "aiex/persistence/base/error.hpp"
#include "aiex/persistence/base/uuid.hpp"
#include "aiex/persistence/log/entry_chain.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aiex {

/// Whose log an archive holds a part of, and which part. Known before the first entry is written.
struct archive_manifest {
  uuid store{};
  uuid history{};
  std::string node{};     ///< Where it was made.
  timestamp created_at{}; ///< When it was begun.
  int zstd_level = 0;     ///< 0: stored as it is.
  chain_end after{};      ///< Behind this follows its first entry; zeros: it begins with the log.
  chain_end up_to{};      ///< Where the log stands behind its last one.

  std::uint64_t entries() const noexcept { return up_to.index - after.index; }
  std::uint64_t events() const noexcept { return up_to.position.value - after.position.value; }
  bool is_whole_log() const noexcept { return after == chain_end{}; }
  bool operator==(const archive_manifest&) const = default;
};

/// What an archive turned out to hold: its last frame.
struct archive_summary {
  std::uint64_t frames = 0; ///< With the manifest, without this one.
  std::uint64_t entries = 0;
  std::uint64_t entry_bytes = 0;  ///< As in the log.
  std::uint64_t plain_bytes = 0;  ///< Of those frames, expanded.
  std::uint64_t stored_bytes = 0; ///< Of those frames, as they stand there.

  bool operator==(const archive_summary&) const = default;
};

std::string to_bytes(const archive_manifest& manifest);
std::string to_bytes(const archive_summary& summary);

/// The reverse; nothing for anything that these did not write.
std::optional<archive_manifest> manifest_from_bytes(std::string_view bytes);
std::optional<archive_summary> summary_from_bytes(std::string_view bytes);

} // namespace aiex
