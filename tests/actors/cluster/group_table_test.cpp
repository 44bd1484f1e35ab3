#include "aiex/actors/cluster/group_table.hpp"

#include "support/group_texts.hpp"

#include <doctest/doctest.h>

#include <numeric>

namespace aiex {
namespace {

using actors = std::vector<group_actor>;
using test::text;
using test::texts;

std::string join(group_table& table, const group_name& group, const actors& who) {
  const auto then = table.join(group, who);
  return then ? text(*then) : "error " + std::string{name(then.error().code)};
}
std::string leave(group_table& table, const group_name& group, const actors& who) {
  const auto then = table.leave(group, who);
  return then ? text(*then) : "error " + std::string{name(then.error().code)};
}
group_monitor monitor(
  group_table& table, group_actor owner, const std::optional<group_name>& group = {}) {
  const auto made = table.monitor(owner, group);
  REQUIRE(made);
  return made->number;
}

TEST_CASE("group_table: each join counts, the newest stands first, each leave takes one") {
  group_table table;
  CHECK(join(table, "g", {1}) == "join g: 1");
  CHECK(join(table, "g", {2, 1}) == "join g: 2 1");
  CHECK(texts(table.members("g")) == "2 1 1");
  CHECK(texts(table.own_members("g")) == "2 1 1");
  CHECK(leave(table, "absent", {1}).empty());
  CHECK(leave(table, "g", {3}).empty());
  CHECK(leave(table, "g", {1}) == "leave g: 1");
  CHECK(texts(table.members("g")) == "2 1");
  CHECK(leave(table, "g", {1, 2}) == "leave g: 1 2");
  CHECK(table.which_groups().empty());
  CHECK(table.which_own_groups().empty());
  CHECK(table.members("g").empty());
  CHECK(table.memberships() == 0);
}

TEST_CASE("group_table: nobody makes no group") {
  group_table table;
  CHECK(join(table, "g", {}).empty());
  CHECK(leave(table, "g", {}).empty());
  CHECK(table.which_groups().empty());
}

TEST_CASE("group_table: of a list those leave who are members, and only they are told of") {
  group_table table;
  const auto ear = monitor(table, 9, "g");
  REQUIRE(ear == 1);
  CHECK(join(table, "g", {1, 2, 2}) == "join g: 1 2 2 >1");
  CHECK(leave(table, "g", {3, 2, 1, 1}) == "leave g: 2 1 >1");
  CHECK(texts(table.members("g")) == "2");
  CHECK(leave(table, "g", {3, 1}).empty());
}

TEST_CASE("group_table: who ends leaves all its groups, each with one word") {
  group_table table;
  monitor(table, 9);
  join(table, "b", {1, 2, 1});
  join(table, "a", {1});
  CHECK(text(table.on_down(1)) == "leave a: 1 >1; leave b: 1 1 >1");
  CHECK(texts(table.which_groups()) == "b");
  CHECK(texts(table.members("b")) == "2");
  CHECK(text(table.on_down(1)).empty());
}

TEST_CASE("group_table: a leave and the word of an end may cross") {
  for (int i = 0; i < 100; ++i) {
    group_table table;
    join(table, "g", {1});
    CHECK(leave(table, "g", {1}) == "leave g: 1");
    CHECK(text(table.on_down(1)).empty());
    CHECK(table.which_groups().empty());
    CHECK_FALSE(table.needs(1));
  }
}

TEST_CASE("group_table: says whose end it has to hear of, once") {
  group_table table;
  const auto watched = [](const result<group_outcome>& then) { return texts(then->watch); };
  const auto unwatched = [](const result<group_outcome>& then) { return texts(then->unwatch); };
  CHECK(watched(table.join("a", actors{1, 2, 1})) == "1 2");
  CHECK(watched(table.join("b", actors{2, 3})) == "3");
  CHECK(unwatched(table.leave("a", actors{1, 2})).empty());
  CHECK(unwatched(table.leave("a", actors{1, 1, 7})) == "1");
  CHECK(unwatched(table.leave("b", actors{2, 3})) == "2 3");

  CHECK(texts(table.monitor(4)->watch) == "4");
  CHECK(texts(table.monitor(4, "a")->watch).empty());
  CHECK(watched(table.join("a", actors{4})).empty());
  CHECK(table.demonitor(1)->unwatch.empty());
  CHECK(unwatched(table.leave("a", actors{4})).empty());
  CHECK(texts(table.demonitor(2)->unwatch) == "4");
}

TEST_CASE("group_table: a monitor hears of its group, or of all, with what was named in a call") {
  group_table table;
  join(table, "old", {5});
  const auto of_all = monitor(table, 8);
  const auto of_group = monitor(table, 9, "new"); // which is not there
  const auto other = monitor(table, 9, "old");
  CHECK(of_all != of_group);
  CHECK(join(table, "new", {1, 1}) == "join new: 1 1 >1,2");
  CHECK(leave(table, "old", {5}) == "leave old: 5 >1,3");
  CHECK(join(table, "third", {1}) == "join third: 1 >1");
  CHECK(table.demonitor(of_group));
  CHECK_FALSE(table.demonitor(of_group));
  CHECK_FALSE(table.demonitor(77));
  CHECK(join(table, "new", {2}) == "join new: 2 >1");
  CHECK(table.demonitor(of_all));
  CHECK(leave(table, "new", {2}) == "leave new: 2");
  CHECK(table.demonitor(other));
  CHECK(table.monitors() == 0);
}

TEST_CASE("group_table: monitors end with their owner, who may be a member too") {
  group_table table;
  monitor(table, 1, "g");
  monitor(table, 1);
  monitor(table, 2, "g");
  join(table, "g", {1});
  CHECK(text(table.on_down(1)) == "leave g: 1 >3");
  CHECK(table.monitors() == 1);
  CHECK(join(table, "g", {3}) == "join g: 3 >3");
  CHECK_FALSE(table.demonitor(1));
}

TEST_CASE("group_table: each limit has its error, and what breaks it changes nothing") {
  group_table table{{.groups = 2, .memberships = 5, .per_call = 3, .monitors = 2, .peers = 1}};
  struct example {
    const char* group;
    actors who;
    std::string says;
  };
  const example examples[] = {
    {"", {1}, "error invalid_argument"},
    {"a\nb", {1}, "error invalid_argument"},
    {"\xff", {1}, "error invalid_argument"},
    {"a", {1, 1, 1, 1}, "error batch_too_large"},
    {"a", {1, 1, 1}, "join a: 1 1 1"},
    {"b", {1, 1, 1}, "error overloaded"},
    {"b", {2}, "join b: 2"},
    {"c", {2}, "error overloaded"},
    {"b", {2}, "join b: 2"},
    {"b", {2}, "error overloaded"},
    {"c", {}, ""},
  };
  for (const example& row : examples) {
    CAPTURE(row.group);
    CAPTURE(texts(row.who));
    CHECK(join(table, row.group, row.who) == row.says);
  }
  CHECK(join(table, std::string(256, 'n'), {1}) == "error invalid_argument");
  CHECK(leave(table, std::string(256, 'n'), {1}) == "error invalid_argument");
  CHECK(leave(table, "a", {1, 1, 1, 1}) == "error batch_too_large");
  CHECK(table.memberships() == 5);
  CHECK(texts(table.which_groups()) == "a b");
  leave(table, "b", {2, 2});
  CHECK(join(table, std::string(255, 'n'), {2}) == "join " + std::string(255, 'n') + ": 2");

  monitor(table, 1);
  CHECK(table.monitor(1, "").error().code == errc::invalid_argument);
  monitor(table, 1, "a");
  CHECK(table.monitor(2).error().code == errc::overloaded);
  CHECK(table.demonitor(1));
  monitor(table, 2);
}

TEST_CASE("group_table: sizes and shares come in pages") {
  group_table table;
  for (const char* group : {"a", "b", "c"})
    join(table, group, {3, 1, 2, 1});
  table.on_sync(7, {{"b", {1, 1}}, {"d", {4}}});
  using sizes = std::vector<group_size>;
  CHECK(table.sizes("", 2) == sizes{{"a", 4, 4}, {"b", 6, 4}});
  CHECK(table.sizes("b", 9) == sizes{{"c", 4, 4}, {"d", 1, 0}});
  CHECK(table.sizes("d", 9).empty());
  using shares = std::vector<group_share>;
  CHECK(table.shares("b", {}, 2) == shares{{{0, 1}, 2}, {{0, 2}, 1}});
  CHECK(table.shares("b", group_member{0, 2}, 9) == shares{{{0, 3}, 1}, {{7, 1}, 2}});
  CHECK(table.shares("absent", {}, 9).empty());
}

TEST_CASE("group_table: ten thousand groups, one member in all of them") {
  group_table table;
  constexpr int count = 10'000;
  for (int i = 0; i < count; ++i)
    join(table, "group-" + std::to_string(i), {1, 2});
  CHECK(table.which_own_groups().size() == count);
  CHECK(table.on_down(1).changes.size() == count);
  CHECK(table.memberships() == count);
  CHECK(table.on_down(2).changes.size() == count);
  CHECK(table.which_groups().empty());
}

} // namespace
} // namespace aiex
