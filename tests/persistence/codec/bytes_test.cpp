#include "aiex/persistence/codec/bytes.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace aiex {
namespace {

TEST_CASE("bytes: what is written is read") {
  std::string out;
  bytes_writer write{out};
  write.u8(0xfe);
  write.u16(0x1234);
  write.u32(0x89abcdef);
  write.u64(0x0123456789abcdef);
  write.text("hello");
  write.text("");
  write.raw("raw");
  CHECK(out.substr(0, 7) == std::string("\xfe\x34\x12\xef\xcd\xab\x89", 7));

  bytes_reader read{out};
  CHECK(read.u8() == 0xfe);
  CHECK(read.u16() == 0x1234);
  CHECK(read.u32() == 0x89abcdef);
  CHECK(read.u64() == 0x0123456789abcdef);
  CHECK(read.text() == "hello");
  CHECK(read.text().empty());
  CHECK(read.raw(3) == "raw");
  CHECK(read.ok());
  CHECK(read.remaining() == 0);
}

TEST_CASE("bytes: varints are as short as can be") {
  constexpr auto largest = std::numeric_limits<std::uint64_t>::max();
  const std::uint64_t table[] = {0, 1, 127, 128, 300, 16'383, 16'384, largest / 2, largest};
  for (const std::uint64_t value : table) {
    std::string out;
    bytes_writer{out}.varint(value);
    bytes_reader read{out};
    CHECK(read.varint() == value);
    CHECK(read.ok());
    CHECK(read.remaining() == 0);
    for (std::size_t cut = 0; cut < out.size(); ++cut) {
      bytes_reader shorter{std::string_view{out}.substr(0, cut)};
      shorter.varint();
      CHECK_FALSE(shorter.ok());
    }
  }
}

TEST_CASE("bytes: whatever does not fit is refused for good") {
  const std::string table[] = {
    std::string("\x80\x00", 2),                     // longer than needed
    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02",     // bits beyond 64
    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", // eleven bytes
    "\x05"
    "abcd", // a text beyond the end
    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"
    "a", // a text of 2^64 - 1 bytes
  };
  for (const std::string& row : table) {
    bytes_reader read{row};
    CHECK(read.text().empty());
    CHECK_FALSE(read.ok());
    CHECK(read.u8() == 0);
    CHECK_FALSE(read.ok());
  }
}

TEST_CASE("bytes: whatever is written is read") {
  CHECK(rc::check([](std::uint8_t a, std::uint16_t b, std::uint32_t c, std::uint64_t d,
                    std::uint64_t e, const std::string& text) {
    const std::uint64_t any_length = e >> *rc::gen::inRange(0, 64);
    std::string out = "before";
    bytes_writer write{out};
    write.u8(a);
    write.u16(b);
    write.u32(c);
    write.u64(d);
    write.varint(any_length);
    write.text(text);

    bytes_reader read{out};
    RC_ASSERT(read.raw(6) == "before");
    RC_ASSERT(read.u8() == a);
    RC_ASSERT(read.u16() == b);
    RC_ASSERT(read.u32() == c);
    RC_ASSERT(read.u64() == d);
    RC_ASSERT(read.varint() == any_length);
    RC_ASSERT(read.text() == text);
    RC_ASSERT(read.ok());
    RC_ASSERT(read.remaining() == 0);
  }));
}

// Whatever the bytes: what is answered lies within them, and what is left only shrinks.
TEST_CASE("bytes: garbage is read without looking beyond its end") {
  CHECK(rc::check([](const std::vector<char>& garbage, const std::vector<unsigned>& steps) {
    const std::vector<char> exact(garbage.begin(), garbage.end()); // ASan sees one byte too many
    bytes_reader read{{exact.data(), exact.size()}};
    for (const unsigned step : steps) {
      const auto before = read.remaining();
      std::string_view found;
      switch (step % 5) {
      case 0: read.u8(); break;
      case 1: read.u64(); break;
      case 2: read.varint(); break;
      case 3: found = read.text(); break;
      default: found = read.raw(step % 7);
      }
      RC_ASSERT(read.remaining() + found.size() <= before);
      RC_ASSERT(read.ok() || read.remaining() == 0);
      if (!found.empty())
        RC_ASSERT(found.data() >= exact.data() &&
                  found.data() + found.size() <= exact.data() + exact.size());
    }
  }));
}

} // namespace
} // namespace aiex
