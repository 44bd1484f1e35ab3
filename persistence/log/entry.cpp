#include "aiex/persistence/log/entry.hpp"

#include "aiex/persistence/base/checksum.hpp"
#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/codec/bytes.hpp"
#include "aiex/persistence/codec/sealed.hpp"
#include "aiex/persistence/codec/zstd.hpp"
#include "aiex/persistence/log/entry_layout.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace aiex {

using namespace entry_layout;

struct entry_view::slot {
  std::string_view header;
  std::string_view content;
  std::uint32_t encoding = 0;
  std::uint64_t header_checksum = 0;
  std::uint64_t content_checksum = 0;
  bool fits = false; ///< Header and content lie within the entry.
};

namespace {

bool is_known(std::uint8_t kind) {
  return kind >= static_cast<std::uint8_t>(entry_kind::events) &&
         kind <= static_cast<std::uint8_t>(entry_kind::configuration);
}

/// The fields of one event header in their order, as `entry_builder` wrote them.
std::optional<event_header> read_header(std::string_view bytes) {
  bytes_reader read{bytes};
  event_header made;
  recorded_event& event = made.event;
  const std::string_view id = read.raw(16);
  const std::string_view content = read.raw(sizeof(digest));
  event.version = read.varint();
  event.schema = static_cast<std::uint32_t>(read.varint());
  event.content = static_cast<content_type>(read.u8());
  made.data_bytes = static_cast<std::uint32_t>(read.varint());
  made.metadata_bytes = static_cast<std::uint32_t>(read.varint());
  event.stream = read.text();
  event.type = read.text();
  event.correlation_id = read.text();
  event.causation_id = read.text();
  event.node = read.text();
  const std::string_view tags = read.text();
  event.owner = read.text();
  event.epoch = read.varint();
  const bool has_command = read.u8() != 0;
  if (has_command) {
    const std::string_view command = read.raw(16);
    const std::uint64_t command_digest = read.u64();
    made.command_events = read.varint();
    if (read.ok())
      made.command = command_reference{uuid_from_bytes(command), command_digest};
  }
  if (!read.ok() || read.remaining() != 0 || !packed_strings::is_well_formed(tags) ||
      made.data_bytes > limits::data_bytes_max || made.metadata_bytes > limits::metadata_bytes_max)
    return std::nullopt;
  event.id = uuid_from_bytes(id);
  event.tags = packed_strings{tags};
  made.content = digest_from_bytes(content);
  return made;
}

} // namespace

digest content_digest(sha256& hash, std::string_view stream, std::string_view type,
  std::string_view data, std::string_view metadata) {
  for (const std::string_view part : {stream, type, data, metadata}) {
    hash.update_u64(part.size());
    hash.update(part);
  }
  return hash.finish();
}

result<entry_view> entry_view::parse(std::string_view bytes) {
  bytes_reader read{bytes};
  entry_view made;
  made.bytes_ = bytes;
  const std::uint32_t found_magic = read.u32();
  const std::uint8_t found_format = read.u8();
  const std::uint8_t kind = read.u8();
  read.u16();
  entry_header& header = made.header_;
  header.index = read.u64();
  header.term = read.u64();
  header.recorded_at = timestamp{std::chrono::microseconds{static_cast<std::int64_t>(read.u64())}};
  header.first_position.value = read.u64();
  header.event_count = read.u32();
  made.headers_bytes_ = read.u32();
  const std::string_view previous = read.raw(sizeof(digest));
  const std::uint64_t sum = read.u64();
  if (!read.ok() || found_magic != magic)
    return fail(errc::corrupt, "an entry of the log is shorter than its prefix or not an entry");
  if (sum != checksum64(bytes.substr(0, chained_prefix_bytes), 0))
    return fail(errc::corrupt, "the prefix of an entry of the log fails its checksum");
  if (found_format != format || !is_known(kind))
    return fail(errc::unknown_version,
      fmt::format("entry {} has format {} and kind {}: a newer aiex wrote it; use that one",
        header.index, found_format, kind));
  header.kind = static_cast<entry_kind>(kind);
  if ((header.kind == entry_kind::events) != (header.event_count > 0))
    return fail(errc::corrupt,
      fmt::format(
        "entry {} of the log has kind {} and {} events", header.index, kind, header.event_count),
      header.first_position.value);
  header.previous = digest_from_bytes(previous);
  const std::uint64_t directory_bytes = std::uint64_t{header.event_count} * slot_bytes;
  if (bytes.size() - prefix_bytes < made.headers_bytes_ + directory_bytes)
    return fail(errc::corrupt, fmt::format("entry {} of the log is cut short", header.index),
      header.first_position.value);
  return made;
}

result<entry_view> entry_view::parse(std::string_view bytes, std::uint64_t index) {
  auto made = parse(bytes);
  if (!made && made.error().code == errc::corrupt)
    made.error().message =
      fmt::format("entry {} of the log cannot be read: {}", index, made.error().message);
  return made;
}

entry_view::slot entry_view::slot_of(std::uint32_t ordinal) const {
  invariant(ordinal < header_.event_count, "an event is asked for that the entry does not have");
  const std::size_t directory_at = prefix_bytes + headers_bytes_;
  const std::string_view headers = bytes_.substr(prefix_bytes, headers_bytes_);
  const std::string_view contents =
    bytes_.substr(directory_at + std::size_t{header_.event_count} * slot_bytes);
  bytes_reader read{bytes_.substr(directory_at + std::size_t{ordinal} * slot_bytes)};
  const std::uint32_t header_at = read.u32();
  const std::uint32_t content_at = read.u32();
  const std::uint32_t stored_bytes = read.u32();
  slot made;
  made.encoding = read.u32();
  made.header_checksum = read.u64();
  made.content_checksum = read.u64();
  const bool is_last = ordinal + 1 == header_.event_count;
  const std::uint32_t header_end = is_last ? headers_bytes_ : read.u32(); // the next one's offset
  made.fits = header_at <= header_end && header_end <= headers.size() &&
              content_at <= contents.size() && stored_bytes <= contents.size() - content_at;
  if (made.fits) {
    made.header = headers.substr(header_at, header_end - header_at);
    made.content = contents.substr(content_at, stored_bytes);
  }
  return made;
}

tl::unexpected<error> entry_view::corrupt_at(std::uint32_t ordinal, const char* what) const {
  const std::uint64_t at = header_.first_position.value + ordinal;
  return fail(errc::corrupt,
    fmt::format("the event at position {} is damaged: {}. Run `aiex store verify`, then restore "
                "from a backup",
      at, what),
    at);
}

result<event_header> entry_view::header_of(std::uint32_t ordinal) const {
  const slot found = slot_of(ordinal);
  const position at = header_.first_position + ordinal;
  if (!found.fits || checksum64(found.header, at.value) != found.header_checksum)
    return corrupt_at(ordinal, "its header fails its checksum");
  auto made = read_header(found.header);
  if (!made)
    return corrupt_at(ordinal, "its header cannot be read");
  made->event.position = at;
  made->event.recorded_at = header_.recorded_at;
  return *made;
}

result<std::string_view> entry_view::content_of(
  std::uint32_t ordinal, const event_header& header, content_expansion& expansion) const {
  const slot found = slot_of(ordinal);
  const std::uint64_t seed = header.event.position.value + found.encoding;
  if (checksum64(found.content, seed) != found.content_checksum)
    return corrupt_at(ordinal, "its content fails its checksum");
  const std::size_t wanted = std::size_t{header.data_bytes} + header.metadata_bytes;
  switch (static_cast<content_encoding>(found.encoding)) {
  case content_encoding::plain:
    if (found.content.size() != wanted)
      return corrupt_at(ordinal, "its content has another length than its header says");
    return found.content;
  case content_encoding::zstd:
    if (!expansion.zstd.decompress(found.content, wanted, expansion.bytes))
      return corrupt_at(ordinal, "its content cannot be decompressed");
    return std::string_view{expansion.bytes};
  case content_encoding::dropped:
    return fail(errc::not_found,
      fmt::format(
        "the content of the event at position {} was removed", header.event.position.value),
      header.event.position.value);
  }
  return corrupt_at(ordinal, "its content has an unknown encoding");
}

result<recorded_event> entry_view::event_at(
  std::uint32_t ordinal, content_expansion& expansion) const {
  const auto header = header_of(ordinal);
  if (!header)
    return tl::unexpected(header.error());
  return with_content(*header, expansion);
}

result<recorded_event> entry_view::with_content(
  const event_header& header, content_expansion& expansion) const {
  const auto ordinal =
    static_cast<std::uint32_t>(header.event.position.value - header_.first_position.value);
  auto content = content_of(ordinal, header, expansion);
  if (!content)
    return tl::unexpected(std::move(content.error()));
  recorded_event made = header.event;
  made.data = content->substr(0, header.data_bytes);
  made.metadata = content->substr(header.data_bytes);
  return made;
}

std::string_view entry_view::members() const noexcept {
  return header_.kind == entry_kind::configuration
           ? bytes_.substr(entry_layout::prefix_bytes, headers_bytes_)
           : std::string_view{};
}

digest entry_view::chain_digest(sha256& hash) const {
  hash.update(bytes_.substr(0, chained_prefix_bytes));
  hash.update(bytes_.substr(prefix_bytes, headers_bytes_));
  return hash.finish();
}

result<void> entry_view::check_layout() const {
  const char* expected = // where the next content begins
    bytes_.data() + prefix_bytes + headers_bytes_ + std::size_t{header_.event_count} * slot_bytes;
  for (std::uint32_t ordinal = 0; ordinal < header_.event_count; ++ordinal) {
    const slot found = slot_of(ordinal);
    if (found.fits && found.content.data() != expected)
      return corrupt_at(ordinal, "its content does not lie behind the one before it");
    expected += found.fits ? found.content.size() : 0; // what does not fit is told by its header
  }
  if (expected != bytes_.data() + bytes_.size())
    return corrupt_at(header_.event_count - 1, "there is more behind its content, the last one");
  return {};
}

/// In the place of event headers a configuration has its members, sealed; a no-op has nothing.
result<void> entry_view::check_without_events() const {
  const std::string_view there = bytes_.substr(prefix_bytes);
  const char* wrong = nullptr;
  if (there.size() != headers_bytes_)
    wrong = "it is longer than it says";
  else if (header_.kind == entry_kind::configuration && !unsealed(there))
    wrong = "the members that it names fail their checksum";
  else if (header_.kind == entry_kind::no_op && !there.empty())
    wrong = "it has headers of events and no events";
  if (wrong == nullptr)
    return {};
  return fail(errc::corrupt,
    fmt::format("entry {} of the log is damaged: {}. Run `aiex store verify`, then restore from a "
                "backup",
      header_.index, wrong),
    header_.first_position.value);
}

result<void> entry_view::verify(sha256& hash) const {
  if (header_.event_count == 0)
    return check_without_events();
  content_expansion expansion;
  for (std::uint32_t ordinal = 0; ordinal < header_.event_count; ++ordinal) {
    const auto header = header_of(ordinal);
    if (!header)
      return tl::unexpected(header.error());
    const auto found = with_content(*header, expansion);
    if (!found && found.error().code == errc::not_found)
      continue;
    if (!found)
      return tl::unexpected(found.error());
    const digest content =
      content_digest(hash, found->stream, found->type, found->data, found->metadata);
    if (content != header->content)
      return corrupt_at(ordinal, "its content is not the one its header was written for");
  }
  return check_layout(); // nothing else covers what lies between contents and behind them
}

} // namespace aiex
