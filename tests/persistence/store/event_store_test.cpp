#include "aiex/persistence/store/event_store.hpp"
#include "aiex/persistence/store/verify.hpp"

#include "support/memory_store.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <limits>
#include <map>
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

result<append_result> append(event_store& store, const append_request& request) {
  const append_request* const all[] = {&request};
  return store.append(all, at_us(1)).front();
}

TEST_CASE("event store: acknowledged is visible, and there after a crash") {
  test::memory_media media;
  event_store store = open(media);
  const auto first = append(store, one("account-1", numbered(1), expected_version::none()));
  REQUIRE(first);
  CHECK(first->parts.front() == appended_part{1, 1, {1}, {1}});
  CHECK(store.head()->position == position{1});
  CHECK(store.stream("account-1")->value().version == 1);

  media.log.crash();
  media.state.crash(); // it was never synced: rebuilt from the log
  event_store again = open(media);
  CHECK(again.head()->position == position{1});
  const auto repeated = append(again, one("account-1", numbered(1), expected_version::none()));
  REQUIRE(repeated);
  CHECK(repeated->repeated);
  CHECK(repeated->parts == first->parts);
  CHECK(repeated->recorded_at == first->recorded_at);
  check_sound(media);
}

TEST_CASE("event store: appends of one group see each other, in their order") {
  test::memory_media media;
  event_store store = open(media);
  const append_request first = one("s", numbered(1), expected_version::none());
  const append_request second = one("s", numbered(2), expected_version::exactly(1));
  const append_request third = one("s", numbered(3), expected_version::exactly(1));
  const append_request again = one("s", numbered(2), expected_version::exactly(1));
  const append_request* const all[] = {&first, &second, &third, &again};
  const auto answers = store.append(all, at_us(1));
  REQUIRE(answers.size() == 4);
  CHECK(answers[0]->parts.front().version == 1);
  CHECK(answers[1]->parts.front().version == 2);
  CHECK(answers[2].error().code == errc::wrong_expected_version);
  CHECK(answers[2].error().actual == 2);
  CHECK(answers[3]->repeated);
  CHECK(answers[3]->parts == answers[1]->parts);
  CHECK(store.head()->index == 1); // one entry, one sync
}

TEST_CASE("event store: a group ends at its limits, an append alone may be larger") {
  test::memory_media media;
  event_store store = open(media);
  std::vector<append_request> requests;
  std::uint64_t next = 0;
  for (const std::size_t events : {300U, 300U, 1'024U, 1U}) {
    append_request request = one("s-" + std::to_string(next), numbered(next + 1));
    ++next;
    while (request.parts.front().events.size() < events)
      request.parts.front().events.push_back(numbered(++next));
    requests.push_back(std::move(request));
  }
  std::vector<const append_request*> all;
  for (const append_request& each : requests)
    all.push_back(&each);
  for (const auto& answer : store.append(all, at_us(1)))
    CHECK(answer);
  CHECK(store.head()->index == 4); // 300 | 300 | 1,024 | 1
  CHECK(store.head()->position.value == next);
  check_sound(media);
}

TEST_CASE("event store: taking decides and writes nothing, committing writes and answers") {
  test::memory_media media;
  event_store store = open(media);
  REQUIRE(append(store, one("s", numbered(1)))); // at 1 us
  CHECK(store.take(one("s", numbered(2), expected_version::exactly(1))));
  CHECK(store.take(one("s", numbered(2))));
  CHECK(store.take(one("s", numbered(1))));
  CHECK(store.take(one("s", numbered(3), expected_version::exactly(1))));
  CHECK(store.head()->position == position{1});

  const auto answers = store.commit(at_us(7));
  REQUIRE(answers.size() == 4);
  CHECK(answers[0]->parts.front().version == 2);
  CHECK(answers[1]->repeated);
  CHECK(answers[2]->repeated);
  CHECK(answers[3].error().actual == 2);
  CHECK(answers[0]->recorded_at == at_us(7)); // when it was committed, not when it was taken
  CHECK(answers[1]->recorded_at == at_us(7));
  CHECK(answers[2]->recorded_at == at_us(1));
  CHECK(store.head()->position == position{2});
  CHECK(store.head()->recorded_at == at_us(7));
  CHECK(store.commit(at_us(8)).empty());
  check_sound(media);
}

TEST_CASE("event store: what was taken and not committed is as if it had not come") {
  test::memory_media media;
  {
    event_store store = open(media);
    REQUIRE(append(store, one("s", numbered(1))));
    CHECK(store.take(one("s", numbered(2))));
  }
  event_store again = open(media);
  CHECK_FALSE(append(again, one("s", numbered(2)))->repeated);
  check_sound(media);
}

TEST_CASE("event store: a full group takes no more until it is committed") {
  test::memory_media media;
  event_store store = open(media);
  for (std::uint64_t id = 1; id <= limits::events_per_group_max; ++id)
    REQUIRE(store.take(one("s", numbered(id))));
  const append_request next = one("s", numbered(limits::events_per_group_max + 1));
  CHECK_FALSE(store.take(next));
  CHECK(store.commit(at_us(1)).size() == limits::events_per_group_max);
  CHECK(store.take(next));
  CHECK(store.commit(at_us(1)).front()->parts.front().version == limits::events_per_group_max + 1);
  check_sound(media);
}

TEST_CASE("event store: what writes nothing fills a group, too") {
  test::memory_media media;
  event_store store = open(media);
  const append_request refused = one("s", numbered(1), expected_version::exactly(7));
  for (std::size_t i = 0; i < limits::events_per_group_max; ++i)
    REQUIRE(store.take(refused));
  CHECK_FALSE(store.take(refused));
  CHECK(store.commit(at_us(1)).size() == limits::events_per_group_max);
  CHECK(store.head()->position == position{});
}

TEST_CASE("event store: time never goes back") {
  test::memory_media media;
  event_store store = open(media);
  const append_request first = one("s", numbered(1));
  const append_request second = one("s", numbered(2));
  const append_request* const one_[] = {&first};
  const append_request* const two[] = {&second};
  CHECK(store.append(one_, at_us(500)).front()->recorded_at == at_us(500));
  CHECK(store.append(two, at_us(400)).front()->recorded_at == at_us(500));
}

TEST_CASE("event store: without room nothing is written, reads go on") {
  test::memory_media media;
  event_store store = open(media);
  REQUIRE(append(store, one("s", numbered(1))));
  media.log.set_bytes_max(limits::bytes_kept_free);
  const auto refused = append(store, one("s", numbered(2)));
  CHECK(refused.error().code == errc::store_full);
  CHECK_FALSE(store.failure());
  CHECK(store.read({})->events.size() == 1);
  media.log.set_bytes_max(std::numeric_limits<std::uint64_t>::max());
  CHECK(append(store, one("s", numbered(2)))->parts.front().version == 2);
}

TEST_CASE("event store: after a failed sync it appends no more, the next open tells the outcome") {
  for (const bool kept : {false, true}) {
    CAPTURE(kept);
    test::memory_media media;
    event_store store = open(media);
    REQUIRE(append(store, one("s", numbered(1))));
    media.log.fail_next_sync(kept);
    CHECK(append(store, one("s", numbered(2))).error().code == errc::io);
    REQUIRE(store.failure());
    CHECK(append(store, one("s", numbered(3))).error().code == errc::io);
    CHECK(store.read({})->events.size() == 1);
    media.log.crash();
    event_store again = open(media);
    CHECK(append(again, one("s", numbered(2)))->repeated == kept);
    check_sound(media);
  }
}

TEST_CASE("event store: a damaged event is an error that names it, never other data") {
  test::memory_media media;
  event_store store = open(media);
  for (std::uint64_t i = 1; i <= 3; ++i)
    REQUIRE(append(store, one("s", numbered(i, R"({"word":"harmless"})"))));
  std::uint64_t bits = 0;
  REQUIRE(media.log.storage().read(2, direction::ascending, [&](const log_record& record) {
    bits = record.bytes.size() * 8;
    return false;
  }));
  media.log.flip_bit(2, bits - 9); // the last byte of the content
  const auto page = store.read({});
  REQUIRE_FALSE(page);
  CHECK(page.error().code == errc::corrupt);
  CHECK(page.error().actual == 2);
  CHECK(store.read({.after = {2}})->events.size() == 1);
  const auto report = verify(media.log.storage(), media.state.storage(), [](std::uint64_t) {});
  CHECK(report->first_bad() == position{2});
  media.state.crash();
  CHECK(event_store::open(media.media()).error().code == errc::corrupt); // found while rebuilding
}

TEST_CASE("event store: a log that lost acknowledged events is not taken for a shorter one") {
  test::memory_media media;
  {
    event_store store = open(media);
    REQUIRE(append(store, one("s", numbered(1))));
    REQUIRE(append(store, one("s", numbered(2))));
  }
  REQUIRE(media.log.storage().cut(2));
  CHECK(event_store::open(media.media()).error().code == errc::lost_events);
}

/// What the store promises, as plainly as it can be said.
struct plain_model {
  struct entry {
    std::string stream, data;
    std::uint64_t version;
  };
  std::vector<entry> log;
  std::map<std::uint64_t, std::size_t> ids;
  std::map<std::string, std::uint64_t> versions;
};

// Random appends, repeats, conflicts and crashes at random moments: the store says what the model
// says, and after a crash everything acknowledged is there once.
TEST_CASE("event store: random appends and crashes agree with a plain model") {
  CHECK(rc::check("appends", [] {
    test::memory_media media;
    std::optional<event_store> store{open(media)};
    plain_model model;
    const int steps = *rc::gen::inRange(1, 40);
    for (int step = 0; step < steps; ++step) {
      if (*rc::gen::inRange(0, 8) == 7) {
        store.reset();
        media.log.crash();
        if (*rc::gen::arbitrary<bool>())
          media.state.crash();
        store.emplace(open(media));
      }
      const std::string stream = *rc::gen::element<std::string>("a-1", "a-2", "b-1");
      const auto id = static_cast<std::uint64_t>(*rc::gen::inRange(1, 25));
      const std::string data = *rc::gen::element<std::string>("{}", "1", "2");
      const std::uint64_t current = model.versions[stream];
      const auto expected = *rc::gen::element(expected_version::any(), expected_version::exists(),
        expected_version::none(), expected_version::exactly(current),
        expected_version::exactly(current == 0 ? 5 : current - 1));
      const auto answer = append(*store, one(stream, numbered(id, data), expected));
      const auto known = model.ids.find(id);
      if (known == model.ids.end()) {
        RC_ASSERT(answer.has_value() == expected.holds_at(current));
        if (!answer) {
          RC_ASSERT(answer.error().code == errc::wrong_expected_version);
          RC_ASSERT(answer.error().actual == current);
          continue;
        }
        model.ids[id] = model.log.size();
        model.log.push_back({stream, data, ++model.versions[stream]});
        RC_ASSERT(answer->parts.front().version == model.versions[stream]);
        RC_ASSERT(answer->parts.front().first_position.value == model.log.size());
        RC_ASSERT(!answer->repeated);
        continue;
      }
      const auto& original = model.log[known->second];
      if (original.stream != stream || original.data != data) {
        RC_ASSERT(answer.error().code == errc::duplicate_id);
      } else if (expected.what() == expected_version::kind::exact &&
                 expected.version() + 1 != original.version) {
        RC_ASSERT(answer.error().code == errc::wrong_expected_version);
      } else {
        RC_ASSERT(answer->repeated);
        RC_ASSERT(answer->parts.front().version == original.version);
        RC_ASSERT(answer->parts.front().first_position.value == known->second + 1);
      }
    }
    const auto page = store->read({}, {.events = 1'000});
    RC_ASSERT(page->events.size() == model.log.size());
    for (std::size_t i = 0; i < model.log.size(); ++i) {
      RC_ASSERT(page->events[i].stream == model.log[i].stream);
      RC_ASSERT(page->events[i].version == model.log[i].version);
      RC_ASSERT(page->events[i].data == model.log[i].data);
    }
    RC_ASSERT(verify(media.log.storage(), media.state.storage(), [](std::uint64_t) {})->is_sound());
  }));
}

} // namespace
} // namespace aiex
