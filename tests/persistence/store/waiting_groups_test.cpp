// Stores in a cluster: what they answer, and when.
#include "aiex/persistence/store/waiting_groups.hpp"

#include "support/replica_net.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

namespace aiex {
namespace {

using namespace consensus;
using test::at_us;
using test::check_sound;
using test::id_of;
using test::numbered;
using test::one;

/// A store that leads, and the second voter of its cluster, which hears it only when told to.
struct store_of_two {
  test::memory_media media;
  test::memory_media other_media;
  event_store store = *event_store::open(media.media(), options(1));
  event_store other = join();
  std::map<std::uint64_t, append_outcomes> answers;
  std::map<std::uint64_t, result<void>> reads;

  store_of_two() {
    change(member_change::act::add_learner);
    talk();
    change(member_change::act::promote);
    talk();
    REQUIRE(store.member().core().members.current().voters() == 2);
  }

  static core_options options(std::uint8_t number) {
    return {.self = test::member_of(number), .history = test::history_of_test};
  }

  event_store join() {
    REQUIRE(other_media.term.storage().write({.joins = true}));
    return *event_store::open(other_media.media(), options(2));
  }

  /// The numbers of the groups they became.
  std::vector<std::uint64_t> put(const std::vector<append_request>& requests) {
    std::vector<std::uint64_t> groups;
    for (const append_request& each : requests) {
      store.take(each);
      groups.push_back(store.close(at_us(1)));
    }
    return groups;
  }

  result<append_result> append(std::uint64_t id) {
    const append_request request = one("s", numbered(id));
    const append_request* const all[] = {&request};
    return store.append(all, at_us(1)).front();
  }

  void change(member_change::act act) {
    store.member().take(
      consensus::change{1, {act, {test::member_of(2), member_role::learner, "n2", "host:2"}}},
      at_us(1));
  }

  /// What the first has to say; nobody hears it.
  std::vector<message> listen() {
    test::settle(store.member());
    store_words words = store.words();
    for (answered_appends& each : words.appends)
      answers[each.group] = std::move(each.answers);
    for (answered_read& each : words.reads)
      reads[each.ticket] = std::move(each.outcome);
    return std::move(words.messages);
  }

  void talk(int rounds = 20) {
    for (int i = 0; i < rounds; ++i) {
      store.member().take(tick{}, at_us(1));
      for (bool is_busy = true; is_busy;) {
        const std::vector<message> there = listen();
        for (const message& each : there)
          other.member().take(received{each}, at_us(1));
        test::settle(other.member());
        const std::vector<message> back = other.words().messages;
        for (const message& each : back)
          store.member().take(received{each}, at_us(1));
        is_busy = !there.empty() || !back.empty();
      }
    }
  }

  /// Nobody answers any more.
  void lose_majority() {
    for (int i = 0; i < 40; ++i)
      store.member().take(tick{1}, at_us(1));
    REQUIRE_FALSE(store.member().core().is_leader());
  }
};

append_request at_version(std::uint64_t id, std::uint64_t version) {
  append_request made = one("s", numbered(id));
  made.parts.front().expected = expected_version::exactly(version);
  return made;
}

TEST_CASE("waiting groups: several are under way, each decided on the ones before") {
  store_of_two both;
  const auto groups = both.put({at_version(1, 0), at_version(2, 1), at_version(3, 2),
    at_version(9, 1), one("s", numbered(2)), one("s", numbered(2, "{\"a\":1}"))});
  both.listen();
  CHECK(both.answers.empty()); // nobody else has them
  CHECK(both.store.head()->position == position{});
  both.talk();
  REQUIRE(both.answers.size() == groups.size());
  for (std::size_t i = 0; i < 3; ++i) {
    const auto& answer = both.answers[groups[i]].front();
    REQUIRE(answer);
    CHECK(answer->parts.front().version == i + 1);
    CHECK_FALSE(answer->repeated);
  }
  const auto& late = both.answers[groups[3]].front();
  REQUIRE_FALSE(late);
  CHECK(late.error().code == errc::wrong_expected_version);
  CHECK(late.error().actual == 3);
  const auto& again = both.answers[groups[4]].front();
  REQUIRE(again);
  CHECK(again->repeated);
  CHECK(again->parts.front().version == 2);
  CHECK(again->recorded_at == both.answers[groups[1]].front()->recorded_at);
  CHECK(both.answers[groups[5]].front().error().code == errc::duplicate_id);
  CHECK(both.store.head()->position == position{3});
  CHECK(both.other.member().applied().position == position{3});
  check_sound(both.media);
  check_sound(both.other_media);
}

TEST_CASE("waiting groups: a command under way is known to the next one") {
  store_of_two both;
  append_request command = one("s", numbered(1));
  command.command = {id_of(77), 5};
  append_request again = one("s", numbered(2));
  again.command = command.command;
  append_request other = one("s", numbered(3));
  other.command = {id_of(77), 6};
  const auto groups = both.put({command, again, other});
  both.talk();
  CHECK(both.answers[groups[1]].front()->repeated);
  CHECK(both.answers[groups[1]].front()->parts == both.answers[groups[0]].front()->parts);
  CHECK(both.answers[groups[2]].front().error().code == errc::duplicate_id);
  CHECK(both.store.head()->position == position{1});
}

TEST_CASE("waiting groups: members that change while a group is open do not disturb it") {
  store_of_two both;
  const append_request first = at_version(1, 0);
  both.store.take(first);
  both.change(member_change::act::demote);
  const append_request second = at_version(2, 1);
  both.store.take(second);
  const std::uint64_t group = both.store.close(at_us(1));
  both.talk();
  REQUIRE(both.answers[group].size() == 2);
  CHECK(both.answers[group][0]);
  CHECK(both.answers[group][1]);
  CHECK(both.store.member().core().members.current().voters() == 1);
  check_sound(both.media);
}

TEST_CASE("waiting groups: a group that was opened before this node led takes nothing") {
  store_of_two both;
  both.put({at_version(1, 0)});
  for (const message& each : both.listen()) // its commit does not come
    both.other.member().take(received{each}, at_us(1));
  test::settle(both.other.member());
  both.other.words();
  REQUIRE(both.other.member().applied().index < both.other.member().core().last().index);
  both.lose_majority();
  both.listen();
  event_store& next = both.other;
  const append_request early = at_version(2, 0);
  const append_request late = at_version(3, 1);
  std::uint64_t group = 0;
  for (int i = 0; i < 200 && group == 0; ++i) {
    next.member().take(tick{}, at_us(1));
    test::settle(next.member());
    for (const message& each : next.words().messages)
      both.store.member().take(received{each}, at_us(1));
    for (const message& each : both.listen()) {
      if (next.member().core().role == role::candidate && each.is<vote_answer>())
        next.take(early); // refused, but the group is open
      next.member().take(received{each}, at_us(1));
      test::settle(next.member());
    }
    if (next.member().core().is_leader() && next.member().core().leading->ready) {
      next.take(late); // it has applied all now
      group = next.close(at_us(1));
    }
  }
  REQUIRE(group != 0);
  const auto answers = next.words().appends;
  REQUIRE(answers.size() == 1);
  REQUIRE(answers.front().answers.size() == 2);
  for (const auto& each : answers.front().answers)
    CHECK(each.error().code == errc::no_quorum);
  next.take(late);
  CHECK(next.close(at_us(1)) != 0);
}

TEST_CASE("waiting groups: a refusal or a repeat is answered by one who still leads") {
  store_of_two both;
  both.put({at_version(1, 0)});
  both.talk();
  const auto asked = both.put({at_version(2, 0), one("s", numbered(1))});
  both.listen();
  CHECK(both.answers.count(asked[0]) == 0);
  CHECK(both.answers.count(asked[1]) == 0);
  both.lose_majority();
  both.listen();
  for (const std::uint64_t each : asked) {
    REQUIRE(both.answers.count(each) == 1);
    CHECK(both.answers[each].front().error().code == errc::no_quorum);
  }
}

TEST_CASE("waiting groups: what others may have got has an unknown outcome once it leads no more") {
  store_of_two both;
  const auto groups = both.put({at_version(1, 0), at_version(2, 1)});
  both.lose_majority();
  both.listen();
  for (const std::uint64_t each : groups)
    CHECK(both.answers[each].front().error().code == errc::unknown_outcome);
}

TEST_CASE("waiting groups: no more than the limit are under way") {
  store_of_two both;
  std::vector<append_request> many;
  for (std::uint64_t i = 0; i <= waiting_groups::groups_max; ++i)
    many.push_back(at_version(i + 1, i));
  const auto groups = both.put(many);
  both.listen();
  REQUIRE(both.answers.size() == 1);
  CHECK(both.answers[groups.back()].front().error().code == errc::overloaded);
  both.talk();
  REQUIRE(both.answers.size() == groups.size());
  for (std::size_t i = 0; i < waiting_groups::groups_max; ++i)
    CHECK(both.answers[groups[i]].front());
  both.answers.clear();
  const auto next = both.put({many.back()});
  both.talk();
  CHECK(both.answers[next.front()].front());
}

TEST_CASE("waiting groups: without room on the leader's disk its groups have no known outcome") {
  store_of_two both;
  both.media.state.set_bytes_free(0);
  const auto groups = both.put({at_version(1, 0), at_version(2, 1), at_version(9, 7)});
  both.talk();
  CHECK(both.answers[groups[0]].front().error().code == errc::unknown_outcome);
  CHECK(both.answers[groups[1]].front().error().code == errc::unknown_outcome);
  CHECK(both.answers[groups[2]].front().error().code != errc::wrong_expected_version);
}

TEST_CASE("waiting groups: alone, what found no room takes all behind it with it") {
  test::memory_media media;
  event_store store = test::open(media);
  const append_request first = at_version(1, 0);
  const append_request second = at_version(2, 1);
  const append_request third = at_version(3, 0);
  media.state.set_bytes_free(0);
  for (const append_request* each : {&first, &second, &third}) {
    store.take(*each);
    store.close(at_us(1));
  }
  test::settle(store.member());
  const auto answers = store.words().appends;
  REQUIRE(answers.size() == 3);
  for (const answered_appends& each : answers)
    CHECK(each.answers.front().error().code == errc::store_full);
  media.state.set_bytes_free(4 * aiex::limits::bytes_kept_free);
  const append_request* const again[] = {&third};
  CHECK(store.append(again, at_us(1)).front());
  check_sound(media);
}

TEST_CASE("waiting groups: an open group that rests on what found no room is not written either") {
  test::memory_media media;
  event_store store = test::open(media);
  const append_request first = at_version(1, 0);
  const append_request second = at_version(2, 1);
  const append_request late = at_version(3, 0);
  media.state.set_bytes_free(0);
  store.take(first);
  store.close(at_us(1));
  store.take(second);
  test::settle(store.member()); // the first finds no room
  media.state.set_bytes_free(4 * aiex::limits::bytes_kept_free);
  store.take(late); // of the same group
  const std::uint64_t group = store.close(at_us(1));
  test::settle(store.member());
  const auto answers = store.words().appends;
  REQUIRE(answers.size() == 2);
  CHECK(answers.back().group == group);
  for (const answered_appends& each : answers)
    for (const auto& answer : each.answers)
      CHECK(answer.error().code == errc::store_full);
  CHECK(store.head()->position == position{});
  const append_request* const again[] = {&late};
  CHECK(store.append(again, at_us(1)).front());
}

TEST_CASE("waiting groups: who waits for nobody is answered what is known, with one sync") {
  store_of_two both;
  const auto unknown = both.append(1);
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().code == errc::unknown_outcome);
  CHECK_FALSE(both.store.failure());
  CHECK(both.append(2).error().code == errc::unknown_outcome);
  both.talk();
  CHECK(both.answers.empty()); // they were told
  CHECK(both.store.head()->position == position{2});
  CHECK(both.append(1).error().code == errc::unknown_outcome); // a repeat is a read
  const auto again = both.put({one("s", numbered(1))});
  both.talk();
  CHECK(both.answers[again.front()].front()->repeated);
}

TEST_CASE("waiting groups: a read sees what was committed when it began, or says so") {
  store_of_two both;
  both.put({at_version(1, 0)});
  const std::uint64_t first = both.store.begin_read(at_us(1));
  both.listen();
  CHECK(both.reads.count(first) == 0);
  both.talk();
  REQUIRE(both.reads.count(first) == 1);
  CHECK(both.reads[first]);
  const std::uint64_t second = both.store.begin_read(at_us(1));
  both.lose_majority();
  both.listen();
  REQUIRE(both.reads.count(second) == 1);
  CHECK(both.reads[second].error().code == errc::no_quorum);
}

TEST_CASE("waiting groups: reads beyond the limit are refused at once") {
  store_of_two both;
  std::uint64_t last = 0;
  for (std::size_t i = 0; i <= event_store::reads_max; ++i)
    last = both.store.begin_read(at_us(1));
  both.listen();
  REQUIRE(both.reads.size() == 1);
  CHECK(both.reads[last].error().code == errc::overloaded);
  both.talk();
  CHECK(both.reads.size() == event_store::reads_max + 1);
}

TEST_CASE("waiting groups: a member that follows names the one who leads") {
  store_of_two both;
  both.talk();
  const append_request request = at_version(1, 0);
  const append_request* const all[] = {&request};
  const auto refused = both.other.append(all, at_us(1)).front();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::not_leader);
  CHECK(refused.error().message.find(to_string(test::member_of(1))) != std::string::npos);
}

TEST_CASE("waiting groups: a store that does not lead refuses appends, and serves reads") {
  store_of_two both;
  both.put({at_version(1, 0)});
  both.talk();
  both.lose_majority();
  CHECK(both.append(2).error().code == errc::no_quorum);
  CHECK(both.append(1).error().code == errc::no_quorum);
  CHECK(both.store.read({})->events.size() == 1);
  auto opened = event_store::open(both.media.media(), store_of_two::options(1));
  REQUIRE(opened); // in its next life
  CHECK_FALSE(opened->member().core().is_leader());
  CHECK(opened->read({})->events.size() == 1);
}

TEST_CASE("waiting groups: when the store fails, all that wait are told") {
  store_of_two both;
  const auto groups = both.put({at_version(1, 0), at_version(2, 1), at_version(9, 9)});
  const std::uint64_t read = both.store.begin_read(at_us(1));
  both.media.log.fail_next_sync(false);
  both.listen();
  REQUIRE(both.store.failure());
  for (const std::uint64_t each : groups)
    CHECK(both.answers[each].front().error().code == errc::io);
  CHECK(both.reads[read].error().code == errc::io);
}

} // namespace
} // namespace aiex
