#include "aiex/persistence/consensus/entry.hpp"

#include "support/consensus_entries.hpp"

#include <doctest/doctest.h>

namespace aiex::consensus {
namespace {

using namespace test;

TEST_CASE("consensus entry: of bytes of the log, all of them checked") {
  sha256 hash;
  const auto bytes = entry_bytes(7, 3, R"({"a":1})");
  const auto made = entry_of(bytes, hash);
  REQUIRE(made);
  CHECK(made->place == log_place{7, 3});
  CHECK(made->kind == entry_kind::events);
  CHECK(made->bytes == bytes);
  CHECK(made->size() == bytes->size());
  for (std::size_t i = 0; i < bytes->size(); ++i) {
    std::string damaged = *bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    CHECK_FALSE(entry_of(std::make_shared<const std::string>(damaged), hash));
  }
}

TEST_CASE("consensus entry: a configuration stands where event headers would") {
  const auto members = members_of(2, 1);
  const entry made = configuration_entry(5, 2, members);
  CHECK(made.kind == entry_kind::configuration);
  REQUIRE(made.members);
  CHECK(*made.members == members);
  sha256 hash;
  const auto damaged = entry_bytes(5, 2, "x" + to_bytes(members), entry_kind::configuration);
  CHECK_FALSE(entry_of(damaged, hash));
}

TEST_CASE("consensus entry: nothing stands at index 0 or in term 0") {
  sha256 hash;
  CHECK_FALSE(entry_of(entry_bytes(0, 1), hash));
  CHECK_FALSE(entry_of(entry_bytes(1, 0), hash));
}

} // namespace
} // namespace aiex::consensus
