#include "aiex/persistence/archive/archive_manifest.hpp"

#include "support/sample_events.hpp"

#include <doctest/doctest.h>

#include <functional>

namespace aiex {
namespace {

archive_manifest sample() {
  archive_manifest made{.store = test::id_of(1),
    .history = test::id_of(2),
    .node = "node 1",
    .created_at = test::at_us(3),
    .zstd_level = 19,
    .after = {4, {}, {5}, test::at_us(6)},
    .up_to = {7, {}, {8}, test::at_us(9)}};
  made.after.chain.fill(0xaa);
  made.up_to.chain.fill(0xbb);
  return made;
}

TEST_CASE("archive manifest: what is written is read, and nothing shorter or longer") {
  const archive_manifest made = sample();
  const std::string bytes = to_bytes(made);
  CHECK(manifest_from_bytes(bytes) == made);
  CHECK(made.entries() == 3);
  CHECK(made.events() == 3);
  CHECK_FALSE(made.is_whole_log());
  for (std::size_t length = 0; length < bytes.size(); ++length)
    CHECK_FALSE(manifest_from_bytes(bytes.substr(0, length)));
  CHECK_FALSE(manifest_from_bytes(bytes + "x"));

  const archive_summary summary{1, 2, 3, 4, 5};
  CHECK(summary_from_bytes(to_bytes(summary)) == summary);
  CHECK_FALSE(summary_from_bytes(to_bytes(summary) + "x"));
  CHECK_FALSE(summary_from_bytes(to_bytes(summary).substr(1)));
}

TEST_CASE("archive manifest: what cannot be is refused") {
  struct example {
    const char* name;
    void (*spoil)(archive_manifest&);
  };
  const example table[] = {
    {"ends before it begins", [](archive_manifest& m) { m.up_to.index = 3; }},
    {"positions go back", [](archive_manifest& m) { m.up_to.position = {4}; }},
    {"no node", [](archive_manifest& m) { m.node.clear(); }},
    {"a long node", [](archive_manifest& m) { m.node.assign(65, 'x'); }},
    {"a node of two lines", [](archive_manifest& m) { m.node = "a\nstore"; }},
  };
  for (const example& row : table) {
    CAPTURE(row.name);
    archive_manifest made = sample();
    row.spoil(made);
    CHECK_FALSE(manifest_from_bytes(to_bytes(made)));
  }
}

} // namespace
} // namespace aiex
