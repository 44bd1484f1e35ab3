// The owned path: what carries owner and epoch, and what becomes of a writer that has lost them.
#include "aiex/actors/flow/aggregate_append.hpp"

#include "support/core_drive.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace aiex {
namespace {

using test::core_drive;

/// The bank's account, written by its owner only.
struct till {
  static constexpr std::string_view category = "till";
  static constexpr bool owned = true;
  using commands = test::bank::account::commands;
  using events = test::bank::account::events;
  using state = test::bank::account::state;

  template <class Command>
  static aiex::decision<events> decide(const state& now, const Command& wish) {
    return test::bank::account::decide(now, wish);
  }
  template <class Event>
  static void apply(state& now, const Event& event) {
    test::bank::account::apply(now, event);
  }
};

/// The same in a category of the system.
struct hidden_till : till {
  static constexpr std::string_view category = "$till";
};

struct till_world : test::aggregate_media {
  core_drive first = drive<till>();
  core_drive second = drive<till>();

  template <class Aggregate>
  core_drive drive(const std::string& node = "node1") {
    core_drive made{*this, "7"};
    made.core = {std::make_shared<const aggregate_type>(aggregate_type_of<Aggregate>()), "7",
      {node, test::id_of(1'000'000), 100}};
    return made;
  }
  static dispatch_call open(std::uint64_t id) {
    return test::call_of("7", id, "open", R"({"owner":"ann","currency":"eur"})");
  }
  static dispatch_call deposit(std::uint64_t id) {
    return test::call_of("7", id, "deposit", R"({"cents":5})");
  }
  event_page stream(const std::string& name) { return *events.read(query{.stream = name}); }

  /// As if another node had taken it over.
  void claim(const std::string& node) {
    append_request request;
    request.node = node;
    request.system = true;
    request.parts.push_back({"$owner-till-7", expected_version::any(),
      {{.id = test::id_of(900 + static_cast<std::uint64_t>(now)),
        .type = "owner_claimed",
        .data = R"({"node":")" + node + "\"}"}}});
    REQUIRE(append(request));
  }
};

TEST_CASE("aggregate_append: owner and epoch stand in a request when they should") {
  sha256 hash;
  const std::vector<encoded> one{{"opened", 1, "{}"}};
  struct example {
    const char* name;
    append_identity who;
    std::uint64_t version;
    std::vector<encoded> events;
    std::size_t parts;
    std::optional<std::uint64_t> epoch;
    bool system;
  };
  const example table[] = {
    {"not owned", {"a", "a-1", "node1"}, 0, one, 1, {}, false},
    {"not owned, of the system", {"$a", "$a-1", "node1"}, 3, one, 1, {}, true},
    {"owned by nobody", {"a", "a-1", "node1", true, 0}, 0, one, 2, {}, true},
    {"owned by nobody, though it has events", {"a", "a-1", "node1", true, 0}, 3, one, 2, {}, true},
    {"owned", {"a", "a-1", "node1", true, 1}, 3, one, 1, 1, false},
    {"claimed before its first event", {"a", "a-1", "node1", true, 2}, 0, one, 1, 2, false},
    {"nothing to append", {"a", "a-1", "node1", true, 1}, 3, {}, 1, {}, false},
  };
  for (const example& row : table) {
    CAPTURE(row.name);
    const auto made =
      append_for(hash, row.who, test::call_of("1", 1, "open", "{}"), row.version, row.events);
    REQUIRE(made);
    CHECK(made->parts.size() == row.parts);
    CHECK(made->parts[0].stream == row.who.stream);
    CHECK(made->parts[0].expected == expected_version::exactly(row.version));
    CHECK(made->owner.has_value() == row.epoch.has_value());
    if (made->owner) {
      CHECK(made->owner->name == row.who.stream);
      CHECK(made->owner->epoch == *row.epoch);
    }
    CHECK(made->system == row.system);
    if (row.parts == 2) {
      CHECK(made->parts[1].stream == "$owner-a-1");
      CHECK(made->parts[1].expected == expected_version::none());
      CHECK(made->parts[1].events.at(0).data == R"({"node":"node1"})");
    }
  }
}

TEST_CASE_FIXTURE(till_world, "aggregate_append: the first append claims, later ones carry it") {
  REQUIRE(first.dispatch(open(1)));
  const event_page claims = stream("$owner-till-7");
  REQUIRE(claims.events.size() == 1);
  CHECK(claims.events[0].type == "owner_claimed");
  CHECK(claims.events[0].version == first_epoch);
  CHECK(claims.events[0].data == R"({"node":"node1"})");
  REQUIRE(first.dispatch(deposit(2)));
  REQUIRE(second.dispatch(deposit(3))); // it has to ask who owns it
  const event_page own = stream("till-7");
  REQUIRE(own.events.size() == 4);
  CHECK(own.events[1].epoch == 0); // its append has begun the epoch
  for (const std::size_t i : {2, 3}) {
    CHECK(own.events[i].owner == "till-7");
    CHECK(own.events[i].epoch == first_epoch);
  }
  CHECK(stream("$owner-till-7").events.size() == 1);
}

TEST_CASE_FIXTURE(till_world, "aggregate_append: a stream of the system is written to") {
  core_drive hidden = drive<hidden_till>();
  CHECK(hidden.dispatch(open(1))->version == 2);
  CHECK(hidden.dispatch(deposit(2))->version == 3);
  CHECK(stream("$owner-$till-7").events.size() == 1);
  CHECK(events.read(query{})->events.empty());
  CHECK(events.read(query{.categories = {"$till"}})->events.size() == 3);
}

TEST_CASE_FIXTURE(till_world, "aggregate_append: a repeat of the first append is the original") {
  first.lose_answers = 1;
  const auto opened = first.dispatch(open(1));
  REQUIRE(opened);
  CHECK(opened->repeated);
  CHECK(opened->version == 2);
  CHECK(opened->events.size() == 2); // without the claim
  CHECK(second.dispatch(open(1))->events == opened->events);
  CHECK(first.dispatch(deposit(2))->version == 3);
  CHECK(stream("$owner-till-7").events.size() == 1);
}

TEST_CASE_FIXTURE(till_world, "aggregate_append: of two first appends one wins") {
  bool is_faster = true;
  first.before_write = [&] {
    if (std::exchange(is_faster, false))
      REQUIRE(second.dispatch(open(1)));
  };
  CHECK(first.dispatch(open(2)).error() == error{errc::refused, "already_open", 2});
  CHECK(first.dispatch(deposit(3))->version == 3);
  CHECK(second.dispatch(deposit(4))->version == 4);
  CHECK(stream("$owner-till-7").events.size() == 1);
}

TEST_CASE_FIXTURE(
  till_world, "aggregate_append: what was claimed beforehand is not claimed again") {
  SUBCASE("for this node") {
    claim("node1");
    CHECK(first.dispatch(open(1))->version == 2);
    CHECK(stream("till-7").events[0].epoch == 1);
  }
  SUBCASE("for another") {
    claim("node2");
    CHECK(first.dispatch(open(1)).error().code == errc::stale_epoch);
    CHECK(stream("till-7").events.empty());
  }
  CHECK(stream("$owner-till-7").events.size() == 1);
}

TEST_CASE_FIXTURE(
  till_world, "aggregate_append: who has lost its stream cannot write, and says so") {
  REQUIRE(first.dispatch(open(1)));
  claim("node2");
  const auto refused = first.dispatch(deposit(2));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::stale_epoch);
  CHECK(refused.error().actual == 2);
  const auto again = first.dispatch(deposit(2)); // by now it knows whose it is
  REQUIRE_FALSE(again);
  CHECK(again.error().code == errc::stale_epoch);
  CHECK(again.error().actual == 2);
  CHECK(again.error().message.find("node2") != std::string::npos);
  CHECK(first.dispatch(open(1))->repeated); // what it did as owner stays done
  CHECK(stream("till-7").events.size() == 2);
  core_drive new_owner = drive<till>("node2");
  CHECK(new_owner.dispatch(deposit(3))->version == 3);
  claim("node1");
  CHECK(new_owner.dispatch(deposit(4)).error().code == errc::stale_epoch);
  CHECK(first.dispatch(deposit(2))->version == 4);
  CHECK(stream("till-7").events[3].epoch == 3);
}

TEST_CASE_FIXTURE(
  till_world, "aggregate_append: nobody is refused for an owner of an older epoch") {
  REQUIRE(first.dispatch(open(1)));
  claim("node2");
  claim("node1");
  CHECK(first.dispatch(deposit(2)).error().code == errc::stale_epoch); // it has to ask again
  const position seen_by_laggard{4};                                   // node2's claim
  first.lags_at = seen_by_laggard;
  CHECK(first.dispatch(deposit(2)).error().code == errc::wrong_expected_version); // gives up
  unsigned confirmed = 0;
  first.before_write = [&] {
    if (++confirmed == 2)
      first.lags_at = query{}.up_to;
  };
  CHECK(first.dispatch(deposit(2))->version == 3);
  CHECK(confirmed == 3);
  CHECK(stream("till-7").events[2].epoch == 3);
}

TEST_CASE_FIXTURE(
  till_world, "aggregate_append: a state that was shown first is written for, too") {
  REQUIRE(first.dispatch(open(1)));
  CHECK(second.view({"7"})->version == 2);
  CHECK(second.dispatch(deposit(2))->version == 3);
  CHECK(stream("till-7").events[2].epoch == first_epoch);
}

} // namespace
} // namespace aiex
