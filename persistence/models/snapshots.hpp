#pragma once

#include "aiex/persistence/base/uuid.hpp"
#include "aiex/persistence/storage/ordered_tables.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace aiex {

/// An aggregate's state as of a version: saves the replay of what came before. Never needed for
/// being right: one that is damaged, of another form or of another history is ignored.
struct snapshot {
  std::uint64_t version = 0;
  std::uint64_t fingerprint = 0; ///< Of what made the state of events.
  uuid history;                  ///< In which the version counts.
  std::string state;             ///< Up to `limits::snapshot_bytes_max`.

  bool operator==(const snapshot&) const = default;
};

struct snapshot_save {
  std::string stream;
  snapshot taken;
};

/// One per stream, the newest. Lives in the tables of the read models. Thread: `save` from their
/// writer, `load` from any.
class snapshots {
public:
  explicit snapshots(ordered_tables tables) : tables_(std::move(tables)) {}

  /// All in one synced transaction. Errors: state_too_large, io. Of a failed save nothing is kept.
  result<void> save(std::span<const snapshot_save> saves);

  /// Nothing if there is none, or a damaged one. Errors: io.
  result<std::optional<snapshot>> load(std::string_view stream) const;

private:
  ordered_tables tables_;
};

} // namespace aiex
