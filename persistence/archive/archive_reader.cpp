#include "aiex/persistence/archive/archive_reader.hpp"

#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/codec/bytes.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace aiex {

using namespace archive_layout;

struct archive_reader::frame_header {
  std::uint8_t kind = 0;
  std::uint8_t encoding = 0;
  std::uint32_t number = 0;
  std::uint32_t plain_bytes = 0;
  std::uint32_t stored_bytes = 0;
  digest sum{};
};

tl::unexpected<error> archive_reader::broken(
  errc code, std::uint64_t at, std::string_view what) const {
  return fail(
    code, fmt::format("{} is not as it was written: {} (byte {})", file_.string(), what, at));
}

result<archive_reader> archive_reader::open(const std::filesystem::path& file) {
  file_descriptor opened{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!opened.is_open())
    return fail(errno == ENOENT ? errc::not_found : errc::io,
      fmt::format("cannot open {}: {}", file.string(), std::strerror(errno)));
  struct stat found {};
  if (::fstat(opened.number(), &found) != 0 || !S_ISREG(found.st_mode))
    return fail(errc::io, fmt::format("{} is not a file", file.string()));
  archive_reader made{file, std::move(opened)};
  made.file_bytes_ = static_cast<std::uint64_t>(found.st_size);
  if (auto begun = made.begin(); !begun)
    return tl::unexpected(std::move(begun.error()));
  return made;
}

result<void> archive_reader::begin() {
  if (auto filled = fill(header_, preamble_bytes); !filled)
    return filled;
  bytes_reader read{header_};
  if (read.raw(magic.size()) != magic)
    return broken(errc::corrupt, 0, "it does not begin as an archive does");
  if (const std::uint32_t found = read.u32(); found != format)
    return fail(errc::unknown_version,
      fmt::format("{} has format {}: a newer aiex wrote it; use that one", file_.string(), found));
  whole_hash_.update(header_);
  const auto first = read_frame();
  if (!first)
    return tl::unexpected(first.error());
  auto manifest = manifest_from_bytes(first->plain);
  if (first->kind != frame_kind::manifest || !manifest)
    return broken(errc::corrupt, first->at, "its manifest cannot be read");
  manifest_ = std::move(*manifest);
  return {};
}

result<std::optional<archive_frame>> archive_reader::next() {
  for (;;) {
    auto frame = read_frame();
    if (!frame)
      return tl::unexpected(std::move(frame.error()));
    switch (frame->kind) {
    case frame_kind::entries: return *frame;
    case frame_kind::summary:
      if (auto finished = finish(*frame); !finished)
        return tl::unexpected(std::move(finished.error()));
      return std::nullopt;
    case frame_kind::manifest: return broken(errc::corrupt, frame->at, "it has a second manifest");
    }
    if (static_cast<std::uint8_t>(frame->kind) < first_skippable_kind)
      return fail(errc::unknown_version,
        fmt::format("{} has a frame of kind {}: a newer aiex wrote it; use that one",
          file_.string(), static_cast<int>(frame->kind)));
  }
}

/// Reads on, and knows beforehand that the file has as much.
result<void> archive_reader::fill(std::string& into, std::size_t bytes) {
  if (bytes > file_bytes_ - at_)
    return broken(errc::corrupt, at_, "it is cut short");
  into.resize(bytes);
  for (std::size_t done = 0; done < bytes;) {
    const ssize_t count = ::read(descriptor_.number(), into.data() + done, bytes - done);
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return fail(
        errc::io, fmt::format("cannot read {}: {}", file_.string(), std::strerror(errno)));
    if (count == 0)
      return broken(errc::corrupt, at_ + done, "it is cut short");
    done += static_cast<std::size_t>(count);
  }
  at_ += bytes;
  return {};
}

result<archive_reader::frame_header> archive_reader::read_frame_header(std::uint64_t at) {
  if (auto filled = fill(header_, frame_header_bytes); !filled)
    return tl::unexpected(std::move(filled.error()));
  bytes_reader read{header_};
  frame_header header;
  header.kind = read.u8();
  header.encoding = read.u8();
  read.u16();
  header.number = read.u32();
  header.plain_bytes = read.u32();
  header.stored_bytes = read.u32();
  header.sum = digest_from_bytes(read.raw(sizeof(digest)));
  if (header.plain_bytes > limits::archive_frame_bytes_max ||
      header.stored_bytes > header.plain_bytes)
    return broken(errc::checksum_mismatch, at, "the sizes of a frame cannot be");
  return header;
}

result<archive_frame> archive_reader::read_frame() {
  const std::uint64_t at = at_;
  const auto header = read_frame_header(at);
  if (!header)
    return tl::unexpected(header.error());
  if (auto filled = fill(stored_, header->stored_bytes); !filled)
    return tl::unexpected(std::move(filled.error()));
  frame_hash_.update(std::string_view{header_}.substr(0, frame_fields_bytes));
  frame_hash_.update(stored_);
  if (frame_hash_.finish() != header->sum)
    return broken(
      errc::checksum_mismatch, at, fmt::format("frame {} fails its digest", summary_.frames + 1));
  if (header->number != summary_.frames + 1)
    return broken(errc::corrupt, at,
      fmt::format("frame {} stands where {} belongs", header->number, summary_.frames + 1));
  if (auto expanded = expand(*header, at); !expanded)
    return tl::unexpected(std::move(expanded.error()));
  whole_hash_.update(header_);
  const auto kind = static_cast<frame_kind>(header->kind);
  if (kind != frame_kind::summary) {
    ++summary_.frames;
    summary_.plain_bytes += header->plain_bytes;
    summary_.stored_bytes += header->stored_bytes;
  }
  return archive_frame{kind, header->number, at, plain_};
}

result<void> archive_reader::expand(const frame_header& header, std::uint64_t at) {
  switch (static_cast<frame_encoding>(header.encoding)) {
  case frame_encoding::plain:
    if (header.stored_bytes != header.plain_bytes)
      return broken(errc::corrupt, at, "a frame has another length than it says");
    plain_.swap(stored_);
    return {};
  case frame_encoding::zstd:
    if (auto expanded = zstd_.decompress(stored_, header.plain_bytes, plain_); !expanded)
      return broken(errc::corrupt, at, expanded.error().message);
    return {};
  }
  return fail(errc::unknown_version,
    fmt::format("{} has a frame of encoding {}: a newer aiex wrote it; use that one",
      file_.string(), header.encoding));
}

result<void> archive_reader::finish(const archive_frame& last) {
  const auto found = summary_from_bytes(last.plain);
  if (!found)
    return broken(errc::corrupt, last.at, "its summary cannot be read");
  archive_summary counted = summary_;
  counted.entries = found->entries; // who reads the entries counts them
  counted.entry_bytes = found->entry_bytes;
  if (*found != counted)
    return broken(errc::corrupt, last.at, "its summary does not fit what it holds");
  const digest whole = whole_hash_.finish();
  const std::uint64_t at = at_;
  if (auto filled = fill(header_, sizeof(digest)); !filled)
    return filled;
  if (header_ != view(whole))
    return broken(errc::checksum_mismatch, at, "it fails the digest over all of it");
  if (at_ != file_bytes_)
    return broken(errc::corrupt, at_, "something follows its end");
  summary_ = *found;
  return {};
}

} // namespace aiex
