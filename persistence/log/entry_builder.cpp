// Tested by tests/persistence/log/entry_test.cpp
#include "aiex/persistence/base/checksum.hpp"
#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/codec/bytes.hpp"
#include "aiex/persistence/codec/zstd.hpp"
#include "aiex/persistence/log/entry.hpp"
#include "aiex/persistence/log/entry_layout.hpp"

namespace aiex {

struct entry_builder::parts {
  entry_header header;
  std::string headers;
  std::string directory;
  std::string contents;
  std::string plain;      // one content on its way
  std::string compressed; // the same, compressed
  zstd_compressor zstd;
};

entry_builder::entry_builder(const entry_header& header) : parts_(std::make_unique<parts>()) {
  parts_->header = header;
  parts_->header.event_count = 0;
}

entry_builder::~entry_builder() = default;
entry_builder::entry_builder(entry_builder&& from) noexcept = default;
entry_builder& entry_builder::operator=(entry_builder&& from) noexcept = default;

std::uint32_t entry_builder::event_count() const noexcept {
  return parts_->header.event_count;
}

std::size_t entry_builder::bytes() const noexcept {
  return entry_layout::prefix_bytes + parts_->headers.size() + parts_->directory.size() +
         parts_->contents.size();
}

namespace {

void write_header(std::string& out, const event& given, const entry_builder::event_place& place) {
  bytes_writer write{out};
  write.raw(given.id.view());
  write.raw(view(place.content));
  write.varint(place.version);
  write.varint(given.schema);
  write.u8(static_cast<std::uint8_t>(given.content));
  write.varint(given.data.size());
  write.varint(given.metadata.size());
  write.text(place.stream);
  write.text(given.type);
  write.text(place.correlation_id);
  write.text(given.causation_id);
  write.text(place.node);
  write.text(packed_strings::pack(given.tags));
  write.text(place.owner != nullptr ? std::string_view{place.owner->name} : std::string_view{});
  write.varint(place.owner != nullptr ? place.owner->epoch : 0);
  write.u8(place.command != nullptr ? 1 : 0);
  if (place.command != nullptr) {
    write.raw(place.command->id.view());
    write.u64(place.command->digest);
    write.varint(place.command_events);
  }
}

} // namespace

void entry_builder::add(const event& given, const event_place& place) {
  parts& its = *parts_;
  const std::size_t header_at = its.headers.size();
  write_header(its.headers, given, place);
  const std::string_view header = std::string_view{its.headers}.substr(header_at);

  its.plain.assign(given.data).append(given.metadata);
  const bool compress =
    its.plain.size() >= limits::compress_from_bytes && its.zstd.compress(its.plain, its.compressed);
  const std::string_view content = compress ? its.compressed : its.plain;
  const auto encoding = compress ? content_encoding::zstd : content_encoding::plain;

  const std::uint64_t place_in_log = its.header.first_position.value + its.header.event_count;
  bytes_writer slot{its.directory};
  slot.u32(static_cast<std::uint32_t>(header_at));
  slot.u32(static_cast<std::uint32_t>(its.contents.size()));
  slot.u32(static_cast<std::uint32_t>(content.size()));
  slot.u32(static_cast<std::uint32_t>(encoding));
  slot.u64(checksum64(header, place_in_log));
  slot.u64(checksum64(content, place_in_log + static_cast<std::uint64_t>(encoding)));
  its.contents.append(content);
  ++its.header.event_count;
}

void entry_builder::set_members(std::string_view bytes) {
  invariant(parts_->header.kind == entry_kind::configuration, "only a configuration has members");
  parts_->headers.assign(bytes);
}

void entry_builder::follow(std::uint64_t index, const digest& previous) {
  parts_->header.index = index;
  parts_->header.previous = previous;
}

std::string entry_builder::finish(timestamp recorded_at) {
  const parts& its = *parts_;
  std::string out;
  out.reserve(bytes());
  bytes_writer write{out};
  write.u32(entry_layout::magic);
  write.u8(entry_layout::format);
  write.u8(static_cast<std::uint8_t>(its.header.kind));
  write.u16(0);
  write.u64(its.header.index);
  write.u64(its.header.term);
  write.u64(static_cast<std::uint64_t>(microseconds_of(recorded_at)));
  write.u64(its.header.first_position.value);
  write.u32(its.header.event_count);
  write.u32(static_cast<std::uint32_t>(its.headers.size()));
  write.raw(view(its.header.previous));
  write.u64(checksum64(out, 0));
  return out.append(its.headers).append(its.directory).append(its.contents);
}

} // namespace aiex
