#include "aiex/persistence/base/hex.hpp"
#include "aiex/persistence/store/term_file.hpp"

#include "support/consensus_entries.hpp"
#include "support/store_folder.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <string>

namespace aiex {
namespace {

using consensus::term_record;

std::optional<term_record> read_of(const term_storage& term) {
  const auto read = term.read();
  REQUIRE(read);
  return *read;
}

const term_record voted{.term = 7,
  .vote = test::member_of(3),
  .proven = {40, 6},
  .committed = 39,
  .run = 2,
  .joins = true};

/// As docs/on_disk_format.md spells it; format 1 stays so for good.
constexpr std::string_view voted_before_checksum = "415854310101000007000000000000"
                                                   "00a0000000000000000000000000000003"
                                                   "28000000000000000600000000000000"
                                                   "27000000000000000200000000000000";

errc code_of(const term_storage& term) {
  const auto read = term.read();
  REQUIRE_FALSE(read);
  return read.error().code;
}

TEST_CASE("term file: its bytes are those of the documented format") {
  const test::temporary_folder folder;
  const auto file = folder.path() / "term";
  REQUIRE(open_term_file(file).write(voted));
  const std::string bytes = test::bytes_of(file);
  REQUIRE(bytes.size() == 72);
  std::array<std::uint8_t, 64> expected{};
  REQUIRE(from_hex(voted_before_checksum, expected));
  CHECK(bytes.substr(0, 64) == std::string{expected.begin(), expected.end()});
  test::write_bytes(file, bytes);
  CHECK(read_of(open_term_file(file)) == std::optional{voted});
}

TEST_CASE("term file: no bit of it changes unseen, and no cut") {
  const test::temporary_folder folder;
  const auto file = folder.path() / "term";
  const term_storage term = open_term_file(file);
  REQUIRE(term.write(voted));
  const std::string bytes = test::bytes_of(file);
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    CAPTURE(bit);
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    test::write_bytes(file, damaged);
    constexpr std::size_t format_at = 4;
    const bool is_newer = bit / 8 == format_at && bit % 8 != 0;
    CHECK(code_of(term) == (is_newer ? errc::unknown_version : errc::corrupt));
  }
  for (std::size_t kept = 0; kept < bytes.size(); ++kept) {
    CAPTURE(kept);
    test::write_bytes(file, bytes.substr(0, kept));
    CHECK(code_of(term) == errc::corrupt);
  }
  test::write_bytes(file, bytes + '\0');
  CHECK(code_of(term) == errc::corrupt);
  test::write_bytes(file, bytes + std::string(8'192, '\0'));
  CHECK(code_of(term) == errc::corrupt);
  test::write_bytes(file, bytes);
  CHECK(read_of(term) == std::optional{voted});
}

TEST_CASE("term file: a newer format is refused by name, however long it is") {
  const test::temporary_folder folder;
  const auto file = folder.path() / "term";
  test::write_bytes(file, std::string{"AXT1\x02"} + std::string(200, 'x'));
  CHECK(code_of(open_term_file(file)) == errc::unknown_version);
}

TEST_CASE("term file: what an interrupted write left beside it means nothing") {
  const test::temporary_folder folder;
  const auto file = folder.path() / "term";
  const term_storage term = open_term_file(file);
  test::write_bytes(folder.path() / "term.new", "AXT1");
  CHECK_FALSE(read_of(term).has_value());
  REQUIRE(term.write(voted));
  CHECK(read_of(term) == std::optional{voted});
  CHECK_FALSE(std::filesystem::exists(folder.path() / "term.new"));
}

TEST_CASE("term file: behind a failed write nothing is written any more") {
  const test::temporary_folder folder;
  const auto gone = folder.sub("gone");
  const term_storage term = open_term_file(gone / "term");
  std::filesystem::remove_all(gone);
  CHECK(term.write(voted).error().code == errc::io);
  std::filesystem::create_directories(gone);
  CHECK(term.write(voted).error().code == errc::io);
  CHECK_FALSE(read_of(open_term_file(gone / "term")).has_value());
}

} // namespace
} // namespace aiex
