#include "aiex/persistence/codec/bytes.hpp"
#include "aiex/persistence/codec/sealed.hpp"
#include "aiex/persistence/log/entry.hpp"
#include "aiex/persistence/log/entry_layout.hpp"

#include "support/consensus_entries.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace aiex {
namespace {

uuid id_of(std::uint8_t number) {
  uuid id;
  id.bytes.fill(number);
  return id;
}

std::uint32_t u32_at(std::string_view bytes, std::size_t at) {
  return bytes_reader{bytes.substr(at)}.u32();
}

/// Three events: a plain one, one with every field, one large enough to be compressed.
struct sample {
  entry_header header{.kind = entry_kind::events,
    .index = 7,
    .term = 3,
    .recorded_at = timestamp{std::chrono::microseconds{1'700'000'000'000'001}},
    .first_position = {41},
    .event_count = 3,
    .previous = {}};
  owner_epoch owner{"session-9", 4};
  command_reference command{id_of(0xcc), 99};
  std::vector<event> events{
    {.id = id_of(1), .type = "opened"},
    {.id = id_of(2),
      .type = "deposited",
      .data = R"({"cents":500})",
      .metadata = R"({"by":"ann"})",
      .causation_id = "why",
      .tags = {"red", "blue"},
      .schema = 2},
    {.id = id_of(3), .type = "noted", .data = '"' + std::string(5'000, 'x') + '"'},
  };

  std::string bytes() {
    header.previous.fill(0xab);
    sha256 hash;
    entry_builder builder{header};
    for (std::size_t i = 0; i < events.size(); ++i) {
      const event& each = events[i];
      const digest content = content_digest(hash, "account-1", each.type, each.data, each.metadata);
      const bool full = i == 1;
      builder.add(each, {.stream = "account-1",
                          .version = 5 + i,
                          .content = content,
                          .correlation_id = "because",
                          .node = "node1",
                          .owner = full ? &owner : nullptr,
                          .command = full ? &command : nullptr,
                          .command_events = full ? 1U : 0U});
    }
    return builder.finish(header.recorded_at);
  }
};

TEST_CASE("entry: what is built is read") {
  sample made;
  const std::string bytes = made.bytes();
  const auto entry = entry_view::parse(bytes);
  REQUIRE(entry);
  CHECK(entry->header() == made.header);
  CHECK(entry->header().last_position() == position{43});
  CHECK(entry->header().next_position() == position{44});

  content_expansion expansion;
  for (std::uint32_t i = 0; i < 3; ++i) {
    const auto found = entry->event_at(i, expansion);
    REQUIRE(found);
    CHECK(found->position == position{41 + i});
    CHECK(found->version == 5 + i);
    CHECK(found->recorded_at == made.header.recorded_at);
    CHECK(found->id == made.events[i].id);
    CHECK(found->stream == "account-1");
    CHECK(found->type == made.events[i].type);
    CHECK(found->data == made.events[i].data);
    CHECK(found->metadata == made.events[i].metadata);
    CHECK(found->correlation_id == "because");
    CHECK(found->causation_id == made.events[i].causation_id);
    CHECK(found->node == "node1");
    CHECK(found->schema == made.events[i].schema);
    CHECK(found->content == content_type::json);
  }
  const auto full = entry->header_of(1);
  REQUIRE(full);
  CHECK(full->event.tags.contains("red"));
  CHECK(full->event.tags.contains("blue"));
  CHECK_FALSE(full->event.tags.contains("re"));
  CHECK(full->event.owner == "session-9");
  CHECK(full->event.epoch == 4);
  REQUIRE(full->command);
  CHECK(*full->command == made.command);
  CHECK(full->command_events == 1);
  CHECK_FALSE(entry->header_of(0)->command);
  CHECK(bytes.size() < 1'500); // 5,000 bytes of one letter were compressed
}

TEST_CASE("entry: the chain covers prefix and headers, the content digest the content") {
  sample made;
  const std::string bytes = made.bytes();
  sha256 hash;
  const digest before = entry_view::parse(bytes)->chain_digest(hash);
  made.header.term = 4;
  const std::string other_term = made.bytes();
  CHECK(entry_view::parse(other_term)->chain_digest(hash) != before);
  made.header.term = 3;
  made.events[1].tags = {"red"};
  const std::string other_tags = made.bytes();
  CHECK(entry_view::parse(other_tags)->chain_digest(hash) != before);

  CHECK(content_digest(hash, "ab", "c", "d", "") != content_digest(hash, "a", "bc", "d", ""));
  CHECK(to_hex(content_digest(hash, "account-1", "opened", "{}", "")) ==
        "c1dd0b6918158a3ba4693474d7a848e933b5184946acbf97ddb7cef169c51719");
}

// Whatever bit flips: some check names it, and nothing is read that was not written.
TEST_CASE("entry: every flipped bit is found") {
  sample made;
  const std::string good = made.bytes();
  sha256 hash;
  const digest chain = entry_view::parse(good)->chain_digest(hash);
  REQUIRE(entry_view::parse(good)->verify(hash));
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    const auto entry = entry_view::parse(bad);
    const bool is_found = !entry || !entry->verify(hash) || entry->chain_digest(hash) != chain;
    CHECK_MESSAGE(is_found, "bit " << bit);
  }
}

TEST_CASE("entry: cut anywhere, it is refused") {
  sample made;
  const std::string good = made.bytes();
  sha256 hash;
  for (std::size_t length = 0; length < good.size(); ++length) {
    const auto entry = entry_view::parse(std::string_view{good}.substr(0, length));
    if (entry)
      CHECK_FALSE(entry->verify(hash));
    else
      CHECK(entry.error().code == errc::corrupt);
  }
}

TEST_CASE("entry: a byte that belongs to nothing is found") {
  sample made;
  const std::string good = made.bytes();
  sha256 hash;
  const std::string longer = good + "x";
  const auto more = entry_view::parse(longer);
  REQUIRE(more);
  const auto behind = more->verify(hash);
  REQUIRE_FALSE(behind);
  CHECK(behind.error().code == errc::corrupt);
  CHECK(behind.error().actual == 43);

  std::string bad = good; // one between the first content and the second
  const std::size_t directory = entry_layout::prefix_bytes + u32_at(bad, 44);
  const std::size_t contents = directory + made.events.size() * entry_layout::slot_bytes;
  const std::size_t first_bytes = u32_at(bad, directory + 8);
  for (std::size_t i = 1; i < made.events.size(); ++i)
    ++bad[directory + i * entry_layout::slot_bytes + 4];
  bad.insert(contents + first_bytes, 1, 'x');
  const auto gap = entry_view::parse(bad);
  REQUIRE(gap);
  content_expansion expansion;
  CHECK(gap->event_at(1, expansion)); // each content is as it was
  const auto between = gap->verify(hash);
  REQUIRE_FALSE(between);
  CHECK(between.error().code == errc::corrupt);
  CHECK(between.error().actual == 42);
}

TEST_CASE("entry: its kind says whether it has events") {
  sha256 hash;
  for (const entry_kind kind : {entry_kind::no_op, entry_kind::configuration}) {
    sample made;
    made.header.kind = kind;
    const std::string with_events = made.bytes();
    CHECK(entry_view::parse(with_events).error().code == errc::corrupt);
    made.events.clear();
    entry_builder builder{made.header};
    if (kind == entry_kind::configuration)
      builder.set_members(sealed("who"));
    const std::string without = builder.finish(made.header.recorded_at);
    REQUIRE(entry_view::parse(without));
    CHECK(entry_view::parse(without)->verify(hash));
    CHECK_FALSE(entry_view::parse(without + "x")->verify(hash));
  }
  sample none;
  none.events.clear();
  const std::string without_events = none.bytes();
  CHECK(entry_view::parse(without_events).error().code == errc::corrupt);
}

TEST_CASE("entry: in the place of headers a configuration has its members, a no-op nothing") {
  struct example {
    const char* name;
    entry_kind kind;
    std::string headers;
    const char* wrong;
  };
  const example table[] = {
    {"sound", entry_kind::configuration, sealed("who"), nullptr},
    {"nobody, sealed", entry_kind::configuration, sealed(""), nullptr},
    {"no members", entry_kind::configuration, "", "the members that it names fail"},
    {"no seal", entry_kind::configuration, "who it may be", "the members that it names fail"},
    {"a byte before the seal", entry_kind::configuration, 'x' + sealed("who"), "members that it"},
    {"a byte behind the members", entry_kind::configuration, sealed("who") + 'x', "members that"},
    {"nothing", entry_kind::no_op, "", nullptr},
    {"sealed members of a no-op", entry_kind::no_op, sealed("who"), "it has headers of events"},
  };
  for (const example& row : table) {
    CAPTURE(row.name);
    sha256 hash;
    const auto bytes = test::entry_bytes(7, 1, row.headers, row.kind);
    const auto entry = entry_view::parse(*bytes);
    REQUIRE(entry);
    const auto sound = entry->verify(hash);
    CHECK(sound.has_value() == (row.wrong == nullptr));
    if (!sound && row.wrong != nullptr) {
      CHECK(sound.error().code == errc::corrupt);
      CHECK(sound.error().actual == 1); // of the next event
      CHECK(sound.error().message.starts_with("entry 7 of the log is damaged: "));
      CHECK(sound.error().message.find(row.wrong) != std::string::npos);
    }
  }
}

TEST_CASE("entry: damage names the position, a newer format is not damage") {
  sample made;
  std::string bytes = made.bytes();
  bytes.back() = static_cast<char>(bytes.back() ^ 1); // in the content of the last event
  content_expansion expansion;
  const auto entry = entry_view::parse(bytes);
  REQUIRE(entry);
  CHECK(entry->event_at(0, expansion));
  const auto damaged = entry->event_at(2, expansion);
  REQUIRE_FALSE(damaged);
  CHECK(damaged.error().code == errc::corrupt);
  CHECK(damaged.error().actual == 43);
  CHECK(entry->header_of(2)); // its header is as it was
}

} // namespace
} // namespace aiex
