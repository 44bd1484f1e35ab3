#include "aiex/persistence/state/keys.hpp"
#include "aiex/persistence/store/verify.hpp"

#include "support/handmade_log.hpp"
#include "support/memory_store.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>

namespace aiex {
namespace {

namespace t = state_tables;

using test::at_us;
using test::id_of;
using test::open;

constexpr auto no_progress = [](std::uint64_t) {};

void append(event_store& store, std::uint64_t first, std::uint64_t last) {
  for (std::uint64_t i = first; i <= last; ++i) {
    append_request request = test::one("s", {.id = id_of(i), .type = "t", .data = R"("harmless")"});
    request.command = command_reference{id_of(500 + i), 7};
    const append_request* const all[] = {&request};
    REQUIRE(store.append(all, at_us(1)).front());
  }
}

verify_report verified(test::memory_media& media) {
  auto report = verify(media.log.storage(), media.state.storage(), no_progress);
  REQUIRE(report);
  return std::move(*report);
}

void flip_content(test::memory_media& media, std::uint64_t index) {
  std::uint64_t bits = 0;
  REQUIRE(media.log.storage().read(index, direction::ascending, [&](const log_record& record) {
    bits = record.bytes.size() * 8;
    return false;
  }));
  media.log.flip_bit(index, bits - 9);
}

/// What is to be found first.
void check_found(const verify_report& report, const char* what) {
  CHECK_FALSE(report.is_sound());
  REQUIRE_FALSE(report.findings.empty());
  const std::string& found = report.findings.front().what;
  CHECK_MESSAGE(found.find(what) != std::string::npos, found);
}

TEST_CASE("verify: damage behind the state's head is found, and where the state ends is told") {
  test::memory_media media;
  {
    event_store store = open(media);
    append(store, 1, 3);
  }
  REQUIRE(media.state.storage().sync());
  {
    event_store store = open(media);
    append(store, 4, 6);
  }
  media.state.crash(); // as a kill in a rebuild leaves it
  const verify_report sound = verified(media);
  CHECK(sound.is_sound());
  CHECK(sound.head == position{6});
  CHECK(sound.events == 6);
  CHECK(sound.streams == 1);
  CHECK(sound.state_head == position{3});
  flip_content(media, 5);
  const verify_report damaged = verified(media);
  check_found(damaged, "its content fails its checksum");
  CHECK(damaged.first_bad() == position{5});
  CHECK(damaged.events == 6);
}

TEST_CASE("verify: a last entry that is synced and not applied is checked, too") {
  test::memory_media media;
  event_store store = open(media);
  append(store, 1, 1);
  REQUIRE(media.state.storage().sync());
  append(store, 2, 2);
  flip_content(media, 2);
  CHECK(verified(media).first_bad() == position{2});
  media.state.crash();
  CHECK(verified(media).first_bad() == position{2});
}

TEST_CASE("verify: a log that ends before the state's head has lost events") {
  test::memory_media media;
  event_store store = open(media);
  append(store, 1, 3);
  REQUIRE(media.log.storage().cut(2));
  check_found(verified(media), "the log ends before entry 2, but the state has applied entry 3");
}

TEST_CASE("verify: versions and ids are checked with a state and without") {
  struct example {
    const char* name;
    std::vector<std::vector<test::handmade_log::event_of>> entries;
    const char* what;
    std::uint64_t first_bad;
  };
  const example table[] = {
    {"sound", {{{"a", 1, 1}, {"b", 1, 2}}, {{"a", 2, 3}}}, nullptr, 0},
    {"a version is missing", {{{"a", 1, 1}, {"b", 1, 2}}, {{"a", 3, 3}}},
      "the event at position 3 has version 3 of a, but 2 follows", 3},
    {"a version stands twice", {{{"a", 1, 1}}, {{"a", 1, 2}}}, "version 1 of a, but 2 follows", 2},
    {"a stream begins with 2", {{{"a", 2, 1}}}, "version 2 of a, but 1 follows", 1},
    {"an id stands twice", {{{"a", 1, 1}}, {{"a", 2, 2}, {"b", 1, 1}}},
      "the event at position 3 has the id of the one at position 1", 3},
  };
  for (const example& row : table) {
    CAPTURE(row.name);
    test::handmade_log log;
    for (const auto& each : row.entries)
      log.append(each);
    for (const auto& report : {verify_log(log.storage(), no_progress),
           verify(log.storage(), memory_tables{}.storage(), no_progress)}) {
      REQUIRE(report);
      CHECK(report->is_sound() == (row.what == nullptr));
      if (row.what != nullptr)
        check_found(*report, row.what);
      CHECK(report->first_bad() == position{row.first_bad});
      CHECK(report->findings_total() <= 1);
    }
  }
}

/// Puts a row into the state, or takes it out.
void spoil(test::memory_media& media, table_id table, std::string_view key,
  const std::optional<std::string>& value) {
  REQUIRE(media.state.storage().write(durability::synced, [&](table_writer& to) -> result<void> {
    if (value)
      to.put(table, key, *value);
    else
      CHECK(to.erase(table, key));
    return {};
  }));
}

TEST_CASE("verify: it finds a state that says other than the log, whatever the row") {
  struct example {
    const char* name;
    table_id table;
    std::string key;
    std::optional<std::string> value;
    const char* what;
  };
  const std::string one = t::key_of(1);
  const std::string one_three = t::key_of(1, 3);
  const char* const counts_of_ids = "it has 3 stream rows, 4 ids, 3 commands";
  const example table[] = {
    {"an id too many", t::ids, std::string{id_of(77).view()}, one, counts_of_ids},
    {"an id missing", t::ids, std::string{id_of(1).view()}, {}, "the id of the event is missing"},
    {"an id of another event", t::ids, std::string{id_of(1).view()}, t::key_of(0),
      "the id of the event is missing"},
    {"an id behind the head", t::ids, std::string{id_of(77).view()}, t::key_of(4),
      "1 rows are about events behind its head"},
    {"a stream too many", t::streams, "ghost", one, "the row of stream ghost is wrong"},
    {"a stream missing", t::streams, "s", {}, "it has 0 streams where the log has 1"},
    {"a stream's number", t::streams, "s", t::key_of(2), "the row of stream s is wrong"},
    {"a stream's row too many", t::stream_events, t::key_of(1, 4), one_three,
      "it has 4 stream rows, 3 ids"},
    {"a stream's row missing", t::stream_events, one_three, {}, "the stream's row of the event"},
    {"a stream's row of another", t::stream_events, one_three, t::key_of(2, 2),
      "the stream's row of the event"},
    {"a command too many", t::commands, std::string{id_of(900).view()},
      t::key_of(7, 1) + t::key_of(1), "3 ids, 4 commands"},
    {"a command missing", t::commands, std::string{id_of(501).view()}, {},
      "the command of the event is missing"},
    {"a command's digest", t::commands, std::string{id_of(501).view()}, t::key_of(8, 1) + one,
      "the command of the event is missing or wrong"},
    {"a place missing", t::places, one, {}, "the entry's place is missing"},
    {"a place too many", t::places, std::string(7, '\0') + '\0', one, "4 places"},
    {"an index row too many", t::index, t::index_prefix(t::index_kind::type, "u") + one, one,
      "7 index rows"},
    {"an index row missing", t::index, t::index_prefix(t::index_kind::type, "t") + one, {},
      "the index row of the event for \"t\" is missing"},
    {"no head", t::meta, "head", {}, "rows are about events behind its head"},
  };
  for (const example& row : table) {
    CAPTURE(row.name);
    test::memory_media media;
    event_store store = open(media);
    append(store, 1, 3);
    REQUIRE(verified(media).is_sound());
    spoil(media, row.table, row.key, row.value);
    check_found(verified(media), row.what);
  }
}

TEST_CASE("verify: it finds a state whose head says other than the log") {
  struct example {
    const char* name;
    std::size_t at; ///< In the row's value.
    const char* what;
  };
  const example table[] = {
    {"entry", 0, "the log ends before entry 4, but the state has applied entry 7"},
    {"position", 8, "its head, entry 3 and position 7, is not the log's: another position"},
    {"time", 16, "another time"},
    {"digest", 24, "another chain of digests"},
  };
  for (const example& row : table) {
    CAPTURE(row.name);
    test::memory_media media;
    event_store store = open(media);
    append(store, 1, 3);
    std::string head;
    REQUIRE(media.state.storage().read(
      [&](const table_reader& tables) { head = *tables.get(t::meta, "head"); }));
    head[row.at] = static_cast<char>(head[row.at] ^ 4);
    spoil(media, t::meta, "head", head);
    check_found(verified(media), row.what);
  }
}

TEST_CASE("verify: the state is counted in more than one snapshot") {
  test::memory_media media;
  event_store store = open(media);
  constexpr std::uint64_t events = limits::rows_per_check_step + 10;
  std::vector<append_request> requests;
  for (std::uint64_t first = 1; first <= events;) {
    append_request request = test::one("s", {.id = id_of(first++), .type = "t"});
    while (request.parts.front().events.size() < 1'000 && first <= events)
      request.parts.front().events.push_back({.id = id_of(first++), .type = "t"});
    const append_request* const all[] = {&request};
    REQUIRE(store.append(all, at_us(1)).front());
  }
  std::uint64_t snapshots = 0;
  const ordered_tables state = media.state.storage();
  ordered_tables counting = state;
  counting.read = [&](function_ref<void(const table_reader&)> each) {
    ++snapshots;
    return state.read(each);
  };
  const auto report = verify(media.log.storage(), counting, no_progress);
  REQUIRE(report);
  for (const finding& each : report->findings)
    FAIL_CHECK(each.what);
  CHECK(report->is_sound());
  // the head; steps beside the log; the members; one a table, and one more each for stream_events
  // and ids, three more for the index with its type, category and correlation
  const std::uint64_t beside_log = 17 / 5 + 1;
  CHECK(snapshots == 1 + beside_log + 1 + 6 + 5);
}

} // namespace
} // namespace aiex
