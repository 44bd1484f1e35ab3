#include "aiex/persistence/archive/archive_manifest.hpp"

#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/codec/bytes.hpp"

#include <algorithm>

namespace aiex {

namespace {

timestamp time_of(std::uint64_t microseconds) {
  return timestamp{std::chrono::microseconds{static_cast<std::int64_t>(microseconds)}};
}

void write_end(bytes_writer& write, const chain_end& end) {
  write.u64(end.index);
  write.u64(end.position.value);
  write.u64(static_cast<std::uint64_t>(microseconds_of(end.recorded_at)));
  write.raw(view(end.chain));
}

chain_end read_end(bytes_reader& read) {
  chain_end end;
  end.index = read.u64();
  end.position.value = read.u64();
  end.recorded_at = time_of(read.u64());
  const std::string_view chain = read.raw(sizeof(digest));
  if (read.ok())
    end.chain = digest_from_bytes(chain);
  return end;
}

bool is_node_name(std::string_view name) {
  return !name.empty() && name.size() <= limits::node_name_bytes_max &&
         std::none_of(name.begin(), name.end(), [](unsigned char each) { return each < 0x20; });
}

} // namespace

std::string to_bytes(const archive_manifest& manifest) {
  std::string bytes;
  bytes_writer write{bytes};
  write.raw(manifest.store.view());
  write.raw(manifest.history.view());
  write.text(manifest.node);
  write.u64(static_cast<std::uint64_t>(microseconds_of(manifest.created_at)));
  write.u8(static_cast<std::uint8_t>(manifest.zstd_level));
  write_end(write, manifest.after);
  write_end(write, manifest.up_to);
  return bytes;
}

std::optional<archive_manifest> manifest_from_bytes(std::string_view bytes) {
  bytes_reader read{bytes};
  archive_manifest manifest;
  const std::string_view store = read.raw(16);
  const std::string_view history = read.raw(16);
  manifest.node = read.text();
  manifest.created_at = time_of(read.u64());
  manifest.zstd_level = read.u8();
  manifest.after = read_end(read);
  manifest.up_to = read_end(read);
  if (!read.ok() || read.remaining() != 0 || manifest.up_to.index < manifest.after.index ||
      manifest.up_to.position < manifest.after.position || !is_node_name(manifest.node))
    return std::nullopt;
  manifest.store = uuid_from_bytes(store);
  manifest.history = uuid_from_bytes(history);
  return manifest;
}

std::string to_bytes(const archive_summary& summary) {
  std::string bytes;
  bytes_writer write{bytes};
  write.u64(summary.frames);
  write.u64(summary.entries);
  write.u64(summary.entry_bytes);
  write.u64(summary.plain_bytes);
  write.u64(summary.stored_bytes);
  return bytes;
}

std::optional<archive_summary> summary_from_bytes(std::string_view bytes) {
  bytes_reader read{bytes};
  archive_summary summary;
  summary.frames = read.u64();
  summary.entries = read.u64();
  summary.entry_bytes = read.u64();
  summary.plain_bytes = read.u64();
  summary.stored_bytes = read.u64();
  return read.ok() && read.remaining() == 0 ? std::optional{summary} : std::nullopt;
}

} // namespace aiex
