#include "aiex/persistence/base/error.hpp"
#include "aiex/persistence/base/uuid.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <set>
#include <unordered_set>
#include <vector>

namespace aiex {
namespace {

std::uint64_t unix_ms_of(const uuid& id) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 6; ++i)
    value = value << 8 | id.bytes[i];
  return value;
}

/// The counter starts at 5 in every millisecond; the random tail is all ones.
uuid_maker predictable_maker() {
  return uuid_maker{
    [calls = 0]() mutable { return calls++ % 2 == 0 ? std::uint64_t{5} : ~std::uint64_t{0}; }};
}

TEST_CASE("uuid: what is printed is read back, in either case") {
  CHECK(rc::check([](const std::array<std::uint8_t, 16>& bytes) {
    const uuid id{bytes};
    RC_PRE(!id.is_nil());
    auto text = to_string(id);
    RC_ASSERT(parse_uuid(text) == id);
    for (char& c : text)
      c = c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
    RC_ASSERT(parse_uuid(text) == id);
    RC_ASSERT(uuid_from_bytes(id.view()) == id);
  }));
}

TEST_CASE("uuid: the printed form is that of RFC 9562") {
  // The example of appendix A.6.
  const auto id = parse_uuid("017F22E2-79B0-7CC3-98C4-DC0C0C07398F");
  REQUIRE(id);
  CHECK(to_string(*id) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  CHECK(unix_ms_of(*id) == 0x17f22e279b0);
}

TEST_CASE("uuid: nothing else is read") {
  for (const char* text : {
         "",
         "00000000-0000-0000-0000-000000000000", // nil
         "017f22e2-79b0-7cc3-98c4-dc0c0c07398",  // short
         "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
         "017f22e279b07cc398c4dc0c0c07398f", // no hyphens
         "017f22e27-9b0-7cc3-98c4-dc0c0c07398f",
         "017f22e2+79b0-7cc3-98c4-dc0c0c07398f",
         "017f22e2-79b0-7cc3-98c4_dc0c0c07398f",
         "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
         "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}",
         " 17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
       }) {
    CAPTURE(text);
    CHECK_FALSE(parse_uuid(text));
  }
}

TEST_CASE("uuid_maker: time, version, counter, variant and random bits stand where they belong") {
  auto maker = predictable_maker();
  CHECK(to_string(maker.make(0x17f22e279b0)) == "017f22e2-79b0-7005-bfff-ffffffffffff");
}

TEST_CASE("uuid_maker: the counter is seeded with its top bit clear") {
  uuid_maker maker{[] { return ~std::uint64_t{0}; }};
  CHECK(to_string(maker.make(1)).substr(14, 4) == "77ff");
  CHECK(to_string(maker.make(1)).substr(14, 4) == "7800");
}

TEST_CASE("uuid_maker: ascends whatever the clock does") {
  CHECK(rc::check([](const std::vector<std::uint16_t>& clock, std::uint64_t seed) {
    uuid_maker maker{[seed]() mutable {
      seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
      return seed;
    }};
    uuid before;
    for (const std::uint64_t now : clock) {
      const auto id = maker.make(now);
      RC_ASSERT(before < id);
      RC_ASSERT(unix_ms_of(id) >= now);
      RC_ASSERT(parse_uuid(to_string(id)) == id);
      before = id;
    }
  }));
}

TEST_CASE("uuid_maker: a counter that overflows borrows the next millisecond") {
  uuid_maker maker{[] { return std::uint64_t{0x7ff}; }};
  uuid before = maker.make(1'000);
  for (int i = 1; i <= 0x800; ++i) {
    const auto id = maker.make(1'000);
    REQUIRE(before < id);
    REQUIRE(unix_ms_of(id) == 1'000);
    before = id;
  }
  const auto borrowed = maker.make(1'000);
  CHECK(before < borrowed);
  CHECK(unix_ms_of(borrowed) == 1'001);
  CHECK(unix_ms_of(maker.make(1'001)) == 1'001);
  CHECK(unix_ms_of(maker.make(1'002)) == 1'002);
}

TEST_CASE("uuid_maker: a time beyond 48 bits is a bug") {
  auto maker = predictable_maker();
  CHECK_NOTHROW(maker.make((std::uint64_t{1} << 48) - 1));
  CHECK_THROWS_AS(maker.make(std::uint64_t{1} << 48), broken_invariant);
}

TEST_CASE("uuid: made ids fall into different hash buckets") {
  uuid_maker maker{system_random};
  std::unordered_set<std::size_t> low_bits;
  for (int i = 0; i < 4'096; ++i)
    low_bits.insert(std::hash<uuid>{}(maker.make(1'700'000'000'000)) & 0xffff);
  CHECK(low_bits.size() > 3'800); // of 65,536: 3,970 expected of a perfect hash
}

TEST_CASE("system_random: does not repeat itself") {
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 64; ++i)
    CHECK(seen.insert(system_random()).second);
}

} // namespace
} // namespace aiex
