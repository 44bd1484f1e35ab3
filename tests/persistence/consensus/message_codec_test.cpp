#include "aiex/persistence/codec/sealed.hpp"
#include "aiex/persistence/consensus/message_codec.hpp"

#include "support/consensus_entries.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <set>

namespace aiex::consensus {
namespace {

using namespace test;

message with(payload what) {
  return {member_of(1), member_of(2), history_of_test, 9, 3, std::move(what)};
}

std::vector<entry> three_entries() {
  return {whole(entry_bytes(8, 4)), configuration_entry(9, 4, members_of(2, 1)),
    whole(entry_bytes(10, 9, R"({"text":"longer"})"))};
}

/// One of every kind, all fields set.
std::vector<message> samples() {
  return {with(pre_vote_request{10, {7, 4}}), with(pre_vote_answer{10, true}),
    with(vote_request{{7, 4}, true}), with(vote_answer{true}),
    with(replicate_request{{7, 4}, three_entries(), 6, 5}), with(replicate_request{}),
    with(replicate_answer{7, true, 10, {6, 3}}), with(heartbeat{6, 12, 5, 11, 4}),
    with(heartbeat_answer{12}), with(timeout_now{}), with(read_request{77}),
    with(read_answer{77, 6, 3}), with(read_answer{77, {}}), with(fetch_request{8, 10}),
    with(fetch_answer{three_entries()})};
}

TEST_CASE("message_codec: every kind comes back as it went") {
  sha256 hash;
  std::set<std::size_t> kinds;
  for (const message& each : samples()) {
    CAPTURE(each.what.index());
    kinds.insert(each.what.index());
    const auto back = message_of(to_bytes(each), hash);
    REQUIRE(back);
    CHECK(*back == each);
  }
  CHECK(kinds.size() == std::variant_size_v<payload>);
}

TEST_CASE("message_codec: a damaged byte anywhere is seen, as is a missing end") {
  sha256 hash;
  for (const message& each : samples()) {
    const std::string bytes = to_bytes(each);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      std::string damaged = bytes;
      damaged[i] = static_cast<char>(damaged[i] ^ (1 << i % 8));
      CHECK_FALSE(message_of(damaged, hash));
      CHECK_FALSE(message_of(std::string_view{bytes}.substr(0, i), hash));
    }
    CHECK_FALSE(message_of(bytes + "x", hash));
  }
}

TEST_CASE("message_codec: under a right checksum nothing is believed either") {
  // What is accepted is a message that comes back as it is; the rest is refused, never a crash.
  const auto all = samples();
  const bool holds = rc::check([&](std::uint8_t which, const std::vector<std::uint16_t>& changes) {
    sha256 hash;
    std::string inner{*unsealed(to_bytes(all[which % all.size()]))};
    for (const std::uint16_t change : changes)
      inner[(change >> 3) % inner.size()] ^= static_cast<char>(1 << change % 8);
    if (!changes.empty() && changes[0] % 3 == 0)
      inner.resize(changes[0] % inner.size());
    if (const auto made = message_of(sealed(inner), hash))
      RC_ASSERT(*unsealed(to_bytes(*made)) == inner);
  });
  CHECK(holds);
}

TEST_CASE("message_codec: garbage is refused") {
  const bool holds = rc::check([](const std::string& garbage) {
    sha256 hash;
    RC_ASSERT_FALSE(message_of(garbage, hash).has_value());
    if (const auto made = message_of(sealed(garbage), hash))
      RC_ASSERT(*unsealed(to_bytes(*made)) == garbage);
  });
  CHECK(holds);
}

TEST_CASE("message: what no member sends is not sound") {
  struct example {
    const char* name;
    message given;
  };
  const std::uint64_t huge = ~std::uint64_t{0};
  const example table[] = {
    {"a gap behind previous", with(replicate_request{{7, 4}, {bare(9, 4)}, 0, 0})},
    {"a gap between", with(replicate_request{{7, 4}, {bare(8, 4), bare(10, 4)}, 0, 0})},
    {"a term that goes back", with(replicate_request{{7, 4}, {bare(8, 3)}, 0, 0})},
    {"a term ahead of the sender", with(replicate_request{{7, 4}, {bare(8, 10)}, 0, 0})},
    {"a place ahead of the sender", with(replicate_request{{7, 10}, {}, 0, 0})},
    {"a term at index 0", with(replicate_request{{0, 1}, {}, 0, 0})},
    {"a commit beyond all", with(replicate_request{{7, 4}, {}, huge, 0})},
    {"a match beyond all", with(replicate_answer{0, true, huge, {}})},
    {"a heartbeat beyond all", with(heartbeat{huge, 0, 0})},
    {"a log beyond all", with(heartbeat{0, 0, 0, huge})},
    {"nothing to fetch", with(fetch_request{0, 0})},
    {"fetched backwards", with(fetch_request{3, 2})},
    {"from nobody", {{}, member_of(2), history_of_test, 9, 3, heartbeat{}}},
  };
  for (const auto& row : table) {
    CAPTURE(row.name);
    CHECK_FALSE(is_sound(row.given));
  }
  for (const message& each : samples())
    CHECK(is_sound(each));
}

} // namespace
} // namespace aiex::consensus
