// What a store does when a medium fails it: nothing false is answered, nothing is built on damage.
#include "aiex/persistence/store/entry_put.hpp"
#include "aiex/persistence/store/event_store.hpp"
#include "aiex/persistence/store/recovery.hpp"
#include "aiex/persistence/store/verify.hpp"

#include "support/memory_store.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace aiex {
namespace {

using test::at_us;
using test::check_sound;
using test::id_of;
using test::numbered;
using test::one;
using test::open;

using answers = std::vector<result<append_result>>;

answers append_all(event_store& store, const std::vector<append_request>& requests) {
  std::vector<const append_request*> all;
  for (const append_request& each : requests)
    all.push_back(&each);
  return store.append(all, at_us(1));
}

result<append_result> append(event_store& store, const append_request& request) {
  return append_all(store, {request}).front();
}

append_request many(std::uint64_t first, std::size_t count) {
  append_request request = one("s", numbered(first));
  while (request.parts.front().events.size() < count)
    request.parts.front().events.push_back(numbered(++first));
  return request;
}

TEST_CASE("event store: what fails behind the log's sync is a failure, not a refusal") {
  test::memory_media media;
  event_store store = open(media);
  REQUIRE(append(store, one("s", numbered(1))));
  media.state.refuse_next_commit(); // no room: but the event is in the log
  const auto unknown = append(store, one("s", numbered(2)));
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().code == errc::io);
  REQUIRE(store.failure());
  CHECK(append(store, one("s", numbered(3))).error().code == errc::io);
  CHECK(last_index(media.log.storage()) == 2);
  CHECK(store.head()->position == position{1}); // not acknowledged, not visible

  event_store again = open(media);
  CHECK(again.head()->position == position{2});
  CHECK(append(again, one("s", numbered(2)))->repeated);
  CHECK_FALSE(append(again, one("s", numbered(3)))->repeated);
  check_sound(media);
}

TEST_CASE("event store: without room for the state nothing is written either") {
  test::memory_media media;
  event_store store = open(media);
  media.state.set_bytes_free(limits::bytes_kept_free);
  CHECK(append(store, one("s", numbered(1))).error().code == errc::store_full);
  CHECK_FALSE(store.failure());
  CHECK(last_index(media.log.storage()) == 0);
  media.state.set_bytes_free(2 * limits::bytes_kept_free);
  CHECK(append(store, one("s", numbered(1))));
}

TEST_CASE("event store: each group is asked alone whether there is room for it") {
  const std::vector<append_request> two_groups{many(1, 512), many(513, 512)};
  test::memory_media large;
  event_store roomy = open(large);
  const std::uint64_t before = large.log.bytes_free();
  REQUIRE(append(roomy, two_groups.front()));
  const std::uint64_t group_bytes = before - large.log.bytes_free();

  test::memory_media media;
  event_store store = open(media);
  media.log.set_bytes_max(limits::bytes_kept_free + 5 * group_bytes / 2); // twice one group's
  const answers outcome = append_all(store, two_groups);
  CHECK(outcome[0]);
  REQUIRE_FALSE(outcome[1]);
  CHECK(outcome[1].error().code == errc::store_full);
  CHECK_FALSE(store.failure());
}

TEST_CASE("event store: a damaged event that is asked for again is that append's error alone") {
  test::memory_media media;
  event_store store = open(media);
  append_request by_command = one("s", numbered(1));
  by_command.command = command_reference{id_of(100), 7};
  REQUIRE(append(store, by_command));
  REQUIRE(append(store, one("s", numbered(2))));
  constexpr std::uint64_t in_its_header = 8 * 100;
  media.log.flip_bit(1, in_its_header);
  append_request other_id = one("s", numbered(3));
  other_id.command = by_command.command;
  const answers outcome = append_all(
    store, {one("s", numbered(4)), one("s", numbered(1)), other_id, one("s", numbered(2)),
             one("s", numbered(5), expected_version::exactly(3))});
  REQUIRE(outcome.size() == 5);
  CHECK(outcome[0]);
  for (const std::size_t damaged : {1U, 2U}) {
    REQUIRE_FALSE(outcome[damaged]);
    CHECK(outcome[damaged].error().code == errc::corrupt);
    CHECK(outcome[damaged].error().actual == 1); // its position
  }
  CHECK(outcome[3]->repeated);
  CHECK(outcome[4]->parts.front().version == 4);
  CHECK_FALSE(store.failure());
}

struct head_field {
  const char* name;
  std::size_t at; // of its last byte in the row
};
constexpr head_field head_fields[] = {
  {"index", 7}, {"position", 15}, {"time", 23}, {"chain", 55}, {"chain's first byte", 24}};

/// Turns one bit of the row that says where the state stands.
void spoil(const test::memory_media& media, const head_field& field) {
  constexpr table_id meta{0};
  REQUIRE(media.state.storage().write(durability::synced, [&](table_writer& to) -> result<void> {
    std::string value{to.get(meta, "head").value()};
    value.at(field.at) = static_cast<char>(value.at(field.at) ^ 1);
    to.put(meta, "head", value);
    return {};
  }));
}

// The log must never rest on what only the state says.
TEST_CASE("event store: nothing is written behind a head that is not where the log ends") {
  for (const head_field& field : head_fields) {
    CAPTURE(field.name);
    test::memory_media media;
    event_store store = open(media);
    REQUIRE(append(store, one("s", numbered(1))));
    REQUIRE(append(store, one("s", numbered(2))));
    spoil(media, field);
    const answers outcome = append_all(store, {one("s", numbered(3)), one("s", numbered(4))});
    for (const auto& each : outcome) {
      REQUIRE_FALSE(each);
      CHECK(each.error().code == errc::corrupt);
    }
    CHECK(store.failure());
    CHECK(last_index(media.log.storage()) == 2);
    media.log.crash();
    media.state = memory_tables{}; // the state is dropped
    event_store rebuilt = open(media);
    CHECK(append(rebuilt, one("s", numbered(3)))->parts.front().version == 3);
    check_sound(media);
  }
}

TEST_CASE("event store: a state whose head is not where the log ends is not opened") {
  for (const head_field& field : head_fields) {
    CAPTURE(field.name);
    test::memory_media media;
    {
      event_store store = open(media);
      REQUIRE(append(store, one("s", numbered(1))));
      REQUIRE(append(store, one("s", numbered(2))));
    }
    spoil(media, field);
    const auto opened = event_store::open(media.media());
    REQUIRE_FALSE(opened);
    const bool is_ahead = std::string_view{field.name} == "index"; // 2 became 3
    CHECK(opened.error().code == (is_ahead ? errc::lost_events : errc::corrupt));
  }
}

TEST_CASE("event store: rows that were put while the log failed are not kept") {
  for (const run_both& beside : {one_after_the_other(), side_by_side()})
    for (const std::size_t events : {1U, 100U}) {
      CAPTURE(events);
      test::memory_media media;
      store_media given = media.media();
      given.beside = beside;
      auto store = event_store::open(given);
      REQUIRE(store);
      REQUIRE(append(*store, many(1, 100)));
      CHECK(store->read({}, {.events = 1'000})->events.size() == 100);
      media.log.fail_next_sync(false);
      CHECK(append(*store, many(101, events)).error().code == errc::io);
      CHECK(store->failure());
      CHECK(store->head()->position == position{100});
      media.log.crash();
      event_store again = open(media);
      CHECK(again.head()->position == position{100});
      CHECK_FALSE(append(again, many(101, events))->repeated);
      check_sound(media);
    }
}

TEST_CASE("event store: only a group that is worth it goes to another thread") {
  test::memory_media media;
  store_media given = media.media();
  int handed_over = 0;
  given.beside = [&](function_ref<void()> there, function_ref<void()> here) {
    ++handed_over;
    here(); // in whichever order
    there();
  };
  auto store = event_store::open(given);
  REQUIRE(store);
  REQUIRE(append(*store, one("s", numbered(1))));
  CHECK(handed_over == 0);
  REQUIRE(append(*store, many(2, 100)));
  CHECK(handed_over == 1);
  check_sound(media);
}

} // namespace
} // namespace aiex
