#include "aiex/persistence/base/hex.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <array>
#include <vector>

namespace aiex {
namespace {

TEST_CASE("hex: what is printed is read back") {
  CHECK(rc::check([](const std::vector<std::uint8_t>& bytes) {
    std::vector<std::uint8_t> read(bytes.size());
    RC_ASSERT(from_hex(to_hex(bytes), read));
    RC_ASSERT(read == bytes);
  }));
}

TEST_CASE("hex: either case is read, lower case is printed") {
  std::array<std::uint8_t, 4> bytes{};
  REQUIRE(from_hex("00aBCdfF", bytes));
  CHECK(bytes == std::array<std::uint8_t, 4>{0x00, 0xab, 0xcd, 0xff});
  CHECK(to_hex(bytes) == "00abcdff");
}

TEST_CASE("hex: other texts are refused") {
  for (const char* text :
    {"", "0", "000", "00000", "0g00", "g000", "0x00", " 000", "00 0", "0/0:", "@0`0", "0G0\xe9"}) {
    CAPTURE(text);
    std::array<std::uint8_t, 2> bytes{};
    CHECK_FALSE(from_hex(text, bytes));
  }
}

} // namespace
} // namespace aiex
