// What tables tell each other. Their messages are functions here, or go through `group_net`.
#include "aiex/actors/cluster/group_table.hpp"

#include "support/group_net.hpp"
#include "support/group_texts.hpp"

#include <doctest/doctest.h>

#include <functional>

namespace aiex {
namespace {

using acquaintance = group_table::acquaintance;
using actors = std::vector<group_actor>;
using test::text;
using test::texts;

constexpr group_peer peer = 2;

/// One monitor of all groups, so that each change names it.
struct told_table : group_table {
  explicit told_table(limits most = {}) : group_table(most) { REQUIRE(monitor(1)); }
  std::string discovered(group_peer by) {
    const auto found = on_discover(by);
    return found == acquaintance::known    ? "known"
           : found == acquaintance::is_new ? "new"
                                           : "refused";
  }
};

TEST_CASE("group_table: remote members are members, and are not of this node") {
  told_table table;
  CHECK(table.discovered(peer) == "new");
  CHECK(table.discovered(peer) == "known");
  REQUIRE(table.join("g", actors{5}));
  CHECK(text(table.on_join(peer, "g", actors{5})) == "join g: 2:5 >1");
  CHECK(text(table.on_join(peer, "h", actors{6, 5})) == "join h: 2:6 2:5 >1");
  CHECK(texts(table.members("g")) == "2:5 5");
  CHECK(texts(table.own_members("g")) == "5");
  CHECK(table.own_members("h").empty());
  CHECK(texts(table.which_groups()) == "g h");
  CHECK(texts(table.which_own_groups()) == "g");
  CHECK(table.own_groups() == group_sync{{"g", {5}}});
  CHECK(text(table.on_down(5)) == "leave g: 5 >1"); // the other 5 is another node's
  CHECK(texts(table.members("g")) == "2:5");
  CHECK(text(table.on_peer_down(peer)) == "leave g: 2:5 >1; leave h: 2:5 2:6 >1");
  CHECK(table.which_groups().empty());
  CHECK_FALSE(table.knows(peer));
}

TEST_CASE("group_table: discovered by itself it does nothing") {
  told_table table;
  REQUIRE(table.join("g", actors{5}));
  CHECK(table.discovered(0) == "refused");
  CHECK(text(table.on_sync(0, {{"g", {7}}})).empty());
  CHECK(texts(table.members("g")) == "5");
}

TEST_CASE("group_table: an unknown peer changes nothing") {
  told_table table;
  REQUIRE(table.join("g", actors{5}));
  CHECK(text(table.on_join(peer, "g", actors{7})).empty());
  CHECK(text(table.on_leave(peer, "g", actors{5})).empty());
  CHECK(text(table.on_peer_down(peer)).empty());
  CHECK(texts(table.members("g")) == "5");
  CHECK_FALSE(table.knows(peer));
}

TEST_CASE("group_table: a group that a peer leaves is gone, whatever the order of the list") {
  told_table table;
  table.on_discover(peer);
  for (const actors& leaving : {actors{8, 7}, actors{7, 8}}) {
    CHECK(text(table.on_join(peer, "g", actors{7, 8})) == "join g: 2:7 2:8 >1");
    CHECK_FALSE(table.on_leave(peer, "g", leaving).changes.empty());
    CHECK(table.which_groups().empty());
    CHECK(text(table.on_leave(peer, "g", leaving)).empty()); // of a group that is not there
  }
  CHECK(text(table.on_join(peer, "g", {})).empty());
  CHECK(table.which_groups().empty());
  CHECK(text(table.on_peer_down(peer)).empty()); // it has nothing left
}

TEST_CASE(
  "group_table: sixteen joins less four leaves are twelve, and none when the node is down") {
  told_table table;
  table.on_discover(peer);
  table.on_join(peer, "two", actors(16, 7));
  table.on_leave(peer, "two", actors(4, 7));
  CHECK(table.members("two").size() == 12);
  CHECK(table.on_peer_down(peer).changes.front().change.who.size() == 12);
  CHECK(table.members("two").empty());
}

TEST_CASE("group_table: a sync replaces what a peer has said, and monitors hear the difference") {
  struct example {
    const char* name;
    group_sync has;
    std::string told;
    std::string groups;
  };
  const example examples[] = {
    {"the first", {{"a", {7}}, {"b", {7, 8}}}, "join a: 2:7 >1; join b: 2:7 2:8 >1", "a b own"},
    {"the same", {{"b", {8, 7}}, {"a", {7}}}, "", "a b own"},
    {"more often", {{"a", {7, 7}}, {"b", {7, 8}}}, "join a: 2:7 >1", "a b own"},
    {"one for another", {{"a", {9, 7}}, {"b", {7, 8}}}, "leave a: 2:7 >1; join a: 2:9 >1",
      "a b own"},
    {"a group gone, one new", {{"b", {8}}, {"own", {7}}},
      "leave a: 2:7 2:9 >1; leave b: 2:7 >1; join own: 2:7 >1", "b own"},
    {"a group in two pieces", {{"b", {8}}, {"own", {7}}, {"b", {7}}}, "join b: 2:7 >1", "b own"},
    {"an empty list", {{"b", {}}, {"phantom", {}}}, "leave b: 2:7 2:8 >1; leave own: 2:7 >1",
      "own"},
    {"nothing", {}, "", "own"},
  };
  told_table table;
  REQUIRE(table.join("own", actors{5}));
  for (const example& row : examples) {
    CAPTURE(row.name);
    CHECK(text(table.on_sync(peer, row.has)) == row.told);
    CHECK(text(table.on_sync(peer, row.has)).empty());
    CHECK(texts(table.which_groups()) == row.groups);
  }
  CHECK(table.knows(peer));
}

TEST_CASE("group_table: a wrong sync is put right by the next one") {
  told_table table;
  REQUIRE(table.join("one", actors{5}));
  const group_sync real{{"one", {7}}};
  table.on_sync(peer, real);
  table.on_sync(peer, {{"one", {7, 7}}, {"other", {7, 7}}});
  CHECK(texts(table.members("other")) == "2:7 2:7");
  CHECK(table.members("one").size() == 3);
  for (int i = 0; i < 2; ++i) {
    table.on_sync(peer, real);
    CHECK(texts(table.members("one")) == "2:7 5");
    CHECK(table.members("other").empty());
  }
}

TEST_CASE("group_table: a herd of syncs costs what the peers have, not what is there") {
  group_table table;
  for (int i = 0; i < 10'000; ++i)
    REQUIRE(table.join("group-" + std::to_string(i), actors{5}));
  std::size_t compared = 0;
  for (int i = 0; i < 2'000; ++i)
    compared += table.on_sync(peer, {{"group-1", {7, 7}}}).compared;
  CHECK(compared == 2'000);
  REQUIRE(table.join("another", actors{5}));
  CHECK(table.own_groups().size() == 10'001);
}

TEST_CASE("group_table: a peer that breaks a limit is forgotten") {
  const group_table::limits most{.groups = 9, .memberships = 3, .per_call = 9, .peers = 2};
  const std::string long_name(256, 'n');
  const std::pair<const char*, std::function<group_outcome(group_table&)>> breaches[] = {
    {"a sync too large",
      [](auto& t) {
        return t.on_sync(peer, {{"a", {1, 2}}, {"b", {1, 2}}});
      }},
    {"a join too many",
      [](auto& t) {
        return t.on_join(peer, "b", actors{1, 2});
      }},
    {"a sync of a bad name",
      [&](auto& t) {
        return t.on_sync(peer, {{long_name, {1}}});
      }},
    {"a join of a bad name", [](auto& t) { return t.on_join(peer, "", actors{1}); }},
  };
  for (const auto& [what, breach] : breaches) {
    CAPTURE(what);
    told_table table{most};
    table.on_sync(peer, {{"a", {1, 2}}});
    REQUIRE(table.join("a", actors{5, 5, 5})); // its own are not counted among the peer's
    CHECK(text(breach(table)) == "leave a: 2:1 2:2 >1");
    CHECK_FALSE(table.knows(peer));
    CHECK(texts(table.members("a")) == "5 5 5");
  }
  told_table table{most};
  CHECK(table.discovered(2) == "new");
  CHECK(table.discovered(3) == "new");
  CHECK(table.discovered(4) == "refused");
  CHECK(text(table.on_sync(4, {{"a", {1}}})).empty());
  CHECK(table.discovered(3) == "known");
}

TEST_CASE("group_table: who joined before and after a peer came is there twice for it") {
  group_table here;
  group_table there;
  REQUIRE(here.join("g", actors{5}));
  CHECK(here.on_discover(2) == acquaintance::is_new);
  there.on_sync(1, here.own_groups());
  REQUIRE(here.join("g", actors{5}));
  there.on_join(1, "g", actors{5});
  CHECK(texts(there.members("g")) == "1:5 1:5");
  CHECK(there.own_members("g").empty());
}

TEST_CASE("group_table: after any breaks, losses and restarts all nodes see the same") {
  for (std::uint64_t seed = 1; seed <= 120; ++seed) {
    CAPTURE(seed);
    test::group_net net{2 + seed % 3, seed};
    for (int round = 0; round < 3; ++round) {
      for (int i = 0; i < 200; ++i) {
        net.step();
        if (i % 4 == 0 && !net.is_told())
          FAIL("a monitor has missed something, or heard of what was not");
      }
      net.heal();
      REQUIRE(net.is_agreed());
      REQUIRE(net.is_clean());
      REQUIRE(net.is_told());
    }
  }
}

} // namespace
} // namespace aiex
