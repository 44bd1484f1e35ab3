// What is measured stands in the folder that the program runs in: on a disk that syncs, not in
// memory as temporary folders often do.
#pragma once

#include "aiex/persistence/store/local_store.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace aiex::bench {

/// A folder of its own; gone with it.
class scratch_folder {
public:
  scratch_folder();
  ~scratch_folder();
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;

  const std::filesystem::path& path() const noexcept { return path_; }

private:
  std::filesystem::path path_;
};

/// Opens a node's folder, or ends the program. With a history: a new one waits to join it.
local_store open_store(const std::filesystem::path& folder, std::optional<uuid> joins = {});

/// The bytes of the log's last entry, which a peer commits, too.
std::string last_entry(const event_store& store);

timestamp now();

/// Events as they are everywhere in these measurements: 200 bytes of JSON, ascending ids.
class event_source {
public:
  static constexpr std::array<std::string_view, 4> types{
    "context_loaded", "file_opened", "analysis_requested", "answered"};

  explicit event_source(std::uint64_t streams = 10'000);

  /// Of these types in turns; one of 10,007 is a "session_closed" instead.
  event next();
  uuid next_id();

  /// `count` events to one stream, whatever its version; streams take turns.
  append_request append(std::size_t count);

private:
  uuid_maker ids_;
  std::uint64_t streams_;
  std::uint64_t made_ = 0;
};

/// Appends `events` events one by one in groups of 64, each group a millisecond after the one
/// before it, the last of them about now. Precondition: `events` is a multiple of 64.
void fill(event_store& store, event_source& source, std::size_t events);

inline constexpr std::size_t data_bytes = 200;

// What such events become in the log, about: the peers are given entries of that size.
inline constexpr std::size_t entry_prefix_bytes = 88;
inline constexpr std::size_t entry_bytes_per_event = 360;

} // namespace aiex::bench
