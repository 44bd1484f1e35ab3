#pragma once

#include "aiex/persistence/consensus/configuration.hpp"
#include "aiex/persistence/consensus/log_place.hpp"
#include "aiex/persistence/log/entry.hpp"

#include <memory>
#include <optional>
#include <string>

namespace aiex::consensus {

/// An entry of the log as the core sees it.
struct entry {
  log_place place{};
  entry_kind kind = entry_kind::events;
  std::shared_ptr<const std::string> bytes{}; ///< As in the log.
  std::optional<configuration> members{};     ///< Of kind configuration.

  std::size_t size() const noexcept { return bytes ? bytes->size() : 0; }

  /// The same bytes, not only the same pointer to them.
  bool operator==(const entry& other) const;
};

/// All of it verified. Whoever makes an `entry` of foreign bytes makes it with this. Errors:
/// corrupt, unknown_version, invalid_argument (larger than `limits::entry_bytes_max`).
result<entry> entry_of(std::shared_ptr<const std::string> bytes, sha256& hash);

} // namespace aiex::consensus
