#include "aiex/persistence/base/checksum.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <string>

namespace aiex {
namespace {

// Checksums lie on disk: these values may never change.
TEST_CASE("checksum64: is XXH3 with 64 bits") {
  CHECK(checksum64("", 0) == 0x2d06800538d394c2);
  CHECK(checksum64("abc", 0) == 0x78af5f94892f3950);
  CHECK(checksum64("abc", 1) != checksum64("abc", 0));
}

TEST_CASE("checksum64: every flipped bit is seen, and so is another seed") {
  CHECK(rc::check([](const std::string& bytes, std::uint64_t seed) {
    RC_PRE(!bytes.empty());
    const auto before = checksum64(bytes, seed);
    auto damaged = bytes;
    const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << *rc::gen::inRange(0, 8)));
    RC_ASSERT(checksum64(damaged, seed) != before);
    RC_ASSERT(checksum64(bytes, seed + 1) != before);
    RC_ASSERT(checksum64(bytes, seed) == before);
  }));
}

} // namespace
} // namespace aiex
