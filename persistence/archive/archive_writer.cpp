// Tested by tests/persistence/archive/archive_reader_test.cpp
#include "aiex/persistence/archive/archive_writer.hpp"

#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/codec/bytes.hpp"

#include <fmt/format.h>

namespace aiex {

using namespace archive_layout;

result<archive_writer> archive_writer::create(
  const std::filesystem::path& file, const archive_manifest& manifest) {
  if (manifest.zstd_level < 0 || manifest.zstd_level > archive_zstd_level_max)
    return fail(errc::invalid_argument, fmt::format("zstd level {} refused: 0 to {} are possible",
                                          manifest.zstd_level, archive_zstd_level_max));
  auto out = durable_writer::create(file);
  if (!out)
    return tl::unexpected(std::move(out.error()));
  archive_writer made{std::move(*out), manifest.zstd_level};
  if (auto begun = made.begin(manifest); !begun)
    return tl::unexpected(std::move(begun.error()));
  return made;
}

result<void> archive_writer::begin(const archive_manifest& manifest) {
  std::string preamble{magic};
  bytes_writer write{preamble};
  write.u32(format);
  write.u32(0);
  whole_hash_.update(preamble);
  if (auto written = out_.write(preamble); !written)
    return written;
  return write_frame(frame_kind::manifest, to_bytes(manifest));
}

result<void> archive_writer::add_entry(std::string_view bytes) {
  invariant(bytes.size() <= limits::entry_bytes_max, "an entry is larger than any can be");
  if (!entries_.empty() && entries_.size() + bytes.size() > limits::archive_frame_bytes)
    if (auto flushed = flush_entries(); !flushed)
      return flushed;
  bytes_writer{entries_}.text(bytes);
  ++summary_.entries;
  summary_.entry_bytes += bytes.size();
  return {};
}

result<void> archive_writer::add_frame(frame_kind kind, std::string_view plain) {
  invariant(plain.size() <= limits::archive_frame_bytes_max, "a frame is larger than any can be");
  if (auto flushed = flush_entries(); !flushed)
    return flushed;
  return write_frame(kind, plain);
}

result<archive_summary> archive_writer::finish() {
  if (auto flushed = flush_entries(); !flushed)
    return tl::unexpected(std::move(flushed.error()));
  const archive_summary made = summary_;
  if (auto last = write_frame(frame_kind::summary, to_bytes(made)); !last)
    return tl::unexpected(std::move(last.error()));
  const digest whole = whole_hash_.finish();
  if (auto written = out_.write(view(whole)); !written)
    return tl::unexpected(std::move(written.error()));
  if (auto finished = out_.finish(); !finished)
    return tl::unexpected(std::move(finished.error()));
  return made;
}

result<void> archive_writer::flush_entries() {
  if (entries_.empty())
    return {};
  auto written = write_frame(frame_kind::entries, entries_);
  entries_.clear();
  return written;
}

result<void> archive_writer::write_frame(frame_kind kind, std::string_view plain) {
  const bool is_smaller = level_ > 0 && zstd_.compress(plain, compressed_);
  const std::string_view stored = is_smaller ? std::string_view{compressed_} : plain;
  header_.clear();
  bytes_writer write{header_};
  write.u8(static_cast<std::uint8_t>(kind));
  write.u8(static_cast<std::uint8_t>(is_smaller ? frame_encoding::zstd : frame_encoding::plain));
  write.u16(0);
  write.u32(static_cast<std::uint32_t>(summary_.frames + 1));
  write.u32(static_cast<std::uint32_t>(plain.size()));
  write.u32(static_cast<std::uint32_t>(stored.size()));
  frame_hash_.update(header_);
  frame_hash_.update(stored);
  write.raw(view(frame_hash_.finish()));
  whole_hash_.update(header_);
  ++summary_.frames;
  summary_.plain_bytes += plain.size();
  summary_.stored_bytes += stored.size();
  if (auto written = out_.write(header_); !written)
    return written;
  return out_.write(stored);
}

} // namespace aiex
