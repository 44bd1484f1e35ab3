#include "aiex/persistence/log/entry_chain.hpp"

#include "support/sample_events.hpp"

#include <doctest/doctest.h>

#include <string>

namespace aiex {
namespace {

std::string entry_of(const entry_header& header, std::uint32_t events = 1) {
  sha256 hash;
  entry_builder builder{header};
  for (std::uint32_t i = 0; i < events; ++i) {
    const event given{.id = test::id_of(header.index * 100 + i), .type = "t"};
    const digest content = content_digest(hash, "s", given.type, given.data, given.metadata);
    builder.add(given, {.stream = "s",
                         .version = header.first_position.value + i,
                         .content = content,
                         .correlation_id = "c",
                         .node = "n"});
  }
  return builder.finish(header.recorded_at);
}

TEST_CASE("entry chain: it follows what follows, with and without events") {
  entry_chain chain;
  REQUIRE(chain.take(entry_of(
    {.index = 1, .recorded_at = test::at_us(5), .first_position = {1}, .previous = {}}, 3)));
  CHECK(chain.end().index == 1);
  CHECK(chain.end().position == position{3});
  const auto no_op = chain.take(entry_of({.kind = entry_kind::no_op,
                                           .index = 2,
                                           .recorded_at = test::at_us(5),
                                           .first_position = {4},
                                           .previous = chain.end().chain},
    0));
  REQUIRE(no_op);
  CHECK(chain.end().position == position{3});
  CHECK(chain.end().recorded_at == test::at_us(5));
  entry_chain later{chain.end()}; // somebody else goes on from there
  CHECK(later.take(entry_of({.index = 3,
    .recorded_at = test::at_us(6),
    .first_position = {4},
    .previous = chain.end().chain})));
}

TEST_CASE("entry chain: what does not follow is corrupt, and does not move the end") {
  entry_chain begun;
  REQUIRE(begun.take(
    entry_of({.index = 1, .recorded_at = test::at_us(5), .first_position = {1}, .previous = {}})));
  struct example {
    const char* name;
    void (*spoil)(entry_header&);
  };
  const example table[] = {
    {"an index left out", [](entry_header& h) { h.index = 3; }},
    {"the same index again", [](entry_header& h) { h.index = 1; }},
    {"a position left out", [](entry_header& h) { h.first_position = {3}; }},
    {"another one before it", [](entry_header& h) { h.previous[31] ^= 1; }},
    {"time goes back", [](entry_header& h) { h.recorded_at = test::at_us(4); }},
  };
  for (const example& row : table) {
    CAPTURE(row.name);
    entry_chain chain{begun.end()};
    entry_header header{.index = 2,
      .recorded_at = test::at_us(5),
      .first_position = {2},
      .previous = begun.end().chain};
    row.spoil(header);
    const auto taken = chain.take(entry_of(header));
    REQUIRE_FALSE(taken);
    CHECK(taken.error().code == errc::corrupt);
    CHECK(taken.error().actual == header.first_position.value);
    CHECK(chain.end() == begun.end());
  }
  entry_chain chain{begun.end()};
  CHECK(chain.take("no entry").error().code == errc::corrupt);
}

} // namespace
} // namespace aiex
