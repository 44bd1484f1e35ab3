// An entry: what the log is a sequence of, and what consensus will agree on. Its bytes stand in
// docs/on_disk_format.md:
//
//   prefix | event headers | directory | contents
//
// Prefix and headers never change and are what the chain of digests runs over: each entry's prefix
// holds the digest of the entry before it. The directory says where each event's content lies, so
// that scavenging, archiving and erasing can drop contents and leave headers, positions and chain.
#pragma once

#include "aiex/persistence/base/digest.hpp"
#include "aiex/persistence/log/append.hpp"
#include "aiex/persistence/log/content_expansion.hpp"
#include "aiex/persistence/log/event.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace aiex {

/// Stored. Add at the end, never renumber.
enum class entry_kind : std::uint8_t {
  events = 1,        ///< At least one event.
  no_op = 2,         ///< A new leader's first entry. No position.
  configuration = 3, ///< The members of the cluster. No position.
};

struct entry_header {
  entry_kind kind = entry_kind::events;
  std::uint64_t index = 0; ///< 1, 2, 3, … without a gap.
  std::uint64_t term = 0;
  timestamp recorded_at;   ///< The leader's time; never before the previous entry's.
  position first_position; ///< Of its first event; without events: of the next event to come.
  std::uint32_t event_count = 0;
  digest previous{}; ///< Of the entry before it; zeros in the first entry of a log.

  position last_position() const noexcept { return {first_position.value + event_count - 1}; }
  position next_position() const noexcept { return first_position + event_count; }
  bool holds(position at) const noexcept { return at >= first_position && at < next_position(); }
  bool operator==(const entry_header&) const = default;
};

/// How an event's content is stored. Add at the end, never renumber.
enum class content_encoding : std::uint8_t {
  plain = 1,
  zstd = 2,
  dropped = 3, ///< Scavenged, archived or erased: the header is all there is.
};

/// What is known of an event without its content.
struct event_header {
  recorded_event event; ///< Without data and metadata.
  digest content{};     ///< `content_digest` of it.
  std::uint32_t data_bytes = 0;
  std::uint32_t metadata_bytes = 0;
  std::optional<command_reference> command; ///< In the first event that a command led to.
  std::uint64_t command_events = 0;         ///< How many it led to.
};

/// SHA-256 over stream, type, data and metadata, each behind its length (64 bits, little endian).
digest content_digest(sha256& hash, std::string_view stream, std::string_view type,
  std::string_view data, std::string_view metadata);

/// Reads an entry's bytes; keeps a view of them. Never reads beyond them and never trusts them:
/// whatever is not as it was written is `corrupt` (`error::actual` is the position, if there is
/// one).
class entry_view {
public:
  /// Checks the prefix, and that kind and number of events agree. Errors: corrupt,
  /// unknown_version.
  static result<entry_view> parse(std::string_view bytes);

  /// The same where the entry `index` belongs: the error says so.
  static result<entry_view> parse(std::string_view bytes, std::uint64_t index);

  const entry_header& header() const noexcept { return header_; }

  /// Header of the event `ordinal` (0 … event_count - 1), checksum verified.
  result<event_header> header_of(std::uint32_t ordinal) const;

  /// The event with its content, checksums verified. What is stored compressed is expanded into
  /// `expansion`, where they stay until the next event. Errors: corrupt; not_found if dropped.
  result<recorded_event> event_at(std::uint32_t ordinal, content_expansion& expansion) const;

  /// The same for an event whose header was read already. Precondition: `header` is of this entry.
  result<recorded_event> with_content(
    const event_header& header, content_expansion& expansion) const;

  /// Of kind configuration: who the members are, as they were given; `verify` checks their seal.
  /// Empty in other kinds.
  std::string_view members() const noexcept;

  /// Digest over prefix and headers: what the next entry calls `previous`.
  digest chain_digest(sha256& hash) const;

  /// All checksums, that of the members included, the content digests of what is there, and that no
  /// byte belongs to nothing. What members may be is not looked at: consensus knows. Errors:
  /// corrupt.
  result<void> verify(sha256& hash) const;

private:
  struct slot;

  slot slot_of(std::uint32_t ordinal) const;
  result<void> check_layout() const;
  result<void> check_without_events() const;
  result<std::string_view> content_of(
    std::uint32_t ordinal, const event_header& header, content_expansion& expansion) const;
  tl::unexpected<error> corrupt_at(std::uint32_t ordinal, const char* what) const;

  entry_header header_;
  std::string_view bytes_;
  std::uint32_t headers_bytes_ = 0;
};

/// Builds an entry's bytes.
class entry_builder {
public:
  /// Time and number of events of `header` do not count: one comes with `finish`, the other of
  /// itself. Up to `limits::entry_bytes_max`. Contents from `limits::compress_from_bytes` on are
  /// compressed where that makes them smaller.
  explicit entry_builder(const entry_header& header);
  ~entry_builder();
  entry_builder(entry_builder&& from) noexcept;
  entry_builder& operator=(entry_builder&& from) noexcept;

  struct event_place {
    std::string_view stream;
    std::uint64_t version = 0;
    const digest& content;
    std::string_view correlation_id; ///< Not empty.
    std::string_view node;
    const owner_epoch* owner = nullptr;
    const command_reference* command = nullptr; ///< With the first event of its append only.
    std::uint64_t command_events = 0;
  };
  void add(const event& given, const event_place& place);

  /// Of kind configuration: who the members are, `sealed`. Without them the entry is not sound.
  void set_members(std::string_view bytes);

  /// It gets another index and predecessor than it was begun with.
  void follow(std::uint64_t index, const digest& previous);

  std::uint32_t event_count() const noexcept;
  std::size_t bytes() const noexcept; ///< So far.

  /// The entry's bytes, recorded then. Nothing may be added behind it.
  std::string finish(timestamp recorded_at);

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace aiex
