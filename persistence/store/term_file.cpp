#include "aiex/persistence/store/term_file.hpp"

#include "aiex/persistence/base/checksum.hpp"
#include "aiex/persistence/codec/bytes.hpp"
#include "aiex/persistence/store/durable_file.hpp"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>

namespace aiex {

namespace {

constexpr std::uint32_t term_magic = 0x31545841; // "AXT1"
constexpr std::uint8_t term_format = 1;
constexpr std::uint8_t joins_flag = 1;
constexpr std::size_t file_bytes = 72;
constexpr std::size_t file_bytes_max = 4'096; // of newer formats, too

std::string bytes_of(const consensus::term_record& record) {
  std::string bytes;
  bytes_writer write{bytes};
  write.u32(term_magic);
  write.u8(term_format);
  write.u8(record.joins ? joins_flag : 0);
  write.u16(0);
  write.u64(record.term);
  write.raw(record.vote.view());
  write.u64(record.proven.index);
  write.u64(record.proven.term);
  write.u64(record.committed);
  write.u64(record.run);
  write.u64(checksum64(bytes, 0));
  return bytes;
}

result<consensus::term_record> record_of(
  std::string_view bytes, const std::filesystem::path& file) {
  bytes_reader read{bytes};
  const bool is_ours = read.u32() == term_magic;
  const std::uint8_t format = read.u8();
  if (is_ours && format > term_format)
    return fail(errc::unknown_version,
      fmt::format("{} has format {}: a newer aiex wrote it; use that one", file.string(), format));
  const std::uint8_t flags = read.u8();
  const std::uint16_t reserved = read.u16();
  consensus::term_record record;
  record.term = read.u64();
  const std::string_view vote = read.raw(sizeof(uuid));
  record.proven.index = read.u64();
  record.proven.term = read.u64();
  record.committed = read.u64();
  record.run = read.u64();
  const std::uint64_t sum = read.u64();
  const bool is_whole = is_ours && format == term_format && flags <= joins_flag && reserved == 0 &&
                        read.ok() && read.remaining() == 0 &&
                        sum == checksum64(bytes.substr(0, file_bytes - sizeof sum), 0);
  if (!is_whole)
    return fail(errc::corrupt, fmt::format("{} cannot be read: it was damaged", file.string()));
  record.vote = uuid_from_bytes(vote);
  record.joins = flags == joins_flag;
  return record;
}

} // namespace

term_storage open_term_file(std::filesystem::path file) {
  struct device {
    std::filesystem::path file;
    std::optional<error> failure{};
  };
  const auto at = std::make_shared<device>(device{std::move(file)});
  return {[at]() -> result<std::optional<consensus::term_record>> {
            const auto bytes = read_small_file(at->file, file_bytes_max);
            if (!bytes && bytes.error().code == errc::not_found)
              return std::nullopt;
            if (!bytes && bytes.error().code == errc::data_too_large)
              return fail(errc::corrupt, bytes.error().message);
            if (!bytes)
              return tl::unexpected(bytes.error());
            return record_of(*bytes, at->file);
          },
    [at](const consensus::term_record& record) -> result<void> {
      if (at->failure)
        return tl::unexpected(*at->failure);
      auto written = write_durably(at->file, bytes_of(record));
      if (!written)
        at->failure = written.error();
      return written;
    }};
}

} // namespace aiex
