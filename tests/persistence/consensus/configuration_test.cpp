#include "aiex/persistence/consensus/configuration.hpp"

#include "support/consensus_entries.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <optional>

namespace aiex::consensus {
namespace {

using namespace test;
using act = member_change::act;

TEST_CASE("configuration: a majority has reached what brute force says") {
  const bool holds = rc::check([](const std::vector<std::uint8_t>& values) {
    const auto voters = static_cast<std::uint8_t>(std::min<std::size_t>(values.size(), 9));
    const configuration members = members_of(voters, 2);
    const auto value = [&](member_id id) -> std::uint64_t {
      const std::size_t at = id.bytes[15] - 1U;
      return at < voters ? values[at] : 255; // learners do not count
    };
    std::uint64_t best = 0;
    for (std::uint64_t candidate = 0; candidate < 256; ++candidate) {
      std::size_t reached = 0;
      for (std::size_t i = 0; i < voters; ++i)
        reached += values[i] >= candidate ? 1 : 0;
      if (2 * reached > voters)
        best = candidate;
    }
    RC_ASSERT(members.reached_by_majority(value) == best);
  });
  CHECK(holds);
}

TEST_CASE("configuration: an election is won by a majority, and lost once that cannot be") {
  const bool holds = rc::check([](const std::vector<std::uint8_t>& answers) {
    const auto voters = static_cast<std::uint8_t>(std::min<std::size_t>(answers.size(), 9));
    std::size_t yes = 0;
    std::size_t no = 0;
    for (std::size_t i = 0; i < voters; ++i) {
      yes += answers[i] % 3 == 1 ? 1 : 0;
      no += answers[i] % 3 == 2 ? 1 : 0;
    }
    const auto counted = members_of(voters, 1).count([&](member_id id) -> std::optional<bool> {
      const std::size_t at = id.bytes[15] - 1U;
      if (at >= voters)
        return true; // a learner's yes does not count
      return answers[at] % 3 == 0 ? std::nullopt : std::optional{answers[at] % 3 == 1};
    });
    const auto expected = 2 * yes > voters   ? tally::won
                          : 2 * no >= voters ? tally::lost
                                             : tally::pending;
    RC_ASSERT(counted == expected);
  });
  CHECK(holds);
}

TEST_CASE("configuration: without voters nothing is reached and nothing is won") {
  const configuration nobody;
  CHECK(nobody.reached_by_majority([](member_id) { return std::uint64_t{7}; }) == 0);
  CHECK(nobody.count([](member_id) { return std::optional{true}; }) == tally::lost);
}

TEST_CASE("configuration: its bytes say it, and any damage is seen") {
  const configuration members = members_of(3, 2);
  const std::string bytes = to_bytes(members);
  CHECK(configuration_of(bytes) == members);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    CHECK_FALSE(configuration_of(damaged));
    CHECK_FALSE(configuration_of(bytes.substr(0, i)));
  }
}

TEST_CASE("configuration: bytes of one that cannot be are refused though they are whole") {
  configuration backwards = members_of(2);
  std::swap(backwards.members[0], backwards.members[1]);
  CHECK_FALSE(configuration_of(to_bytes(backwards)));
  CHECK_FALSE(configuration_of(to_bytes(members_of(10))));
  CHECK_FALSE(configuration_of(to_bytes(members_of(9, 8))));
  configuration unknown_role = members_of(1);
  unknown_role.members[0].role = static_cast<member_role>(3);
  CHECK_FALSE(configuration_of(to_bytes(unknown_role)));
  configuration long_name = members_of(1);
  long_name.members[0].name.assign(65, 'n');
  CHECK_FALSE(configuration_of(to_bytes(long_name)));
}

TEST_CASE("configuration: one member changes at a time") {
  const configuration before = members_of(2, 1);
  struct example {
    const char* name;
    member_change change;
    std::optional<errc> refused;
  };
  const member fourth{member_of(4), member_role::voter, "n4", "h"};
  const example table[] = {
    {"a new one learns first", {act::add_learner, fourth}, {}},
    {"known id", {act::add_learner, {member_of(1), {}, "x", ""}}, errc::already_exists},
    {"known name", {act::add_learner, {member_of(4), {}, "n1", ""}}, errc::already_exists},
    {"no id", {act::add_learner, {}}, errc::invalid_argument},
    {"promote", {act::promote, {.id = member_of(3)}}, {}},
    {"promote a voter", {act::promote, {.id = member_of(1)}}, errc::invalid_argument},
    {"promote a stranger", {act::promote, {.id = member_of(7)}}, errc::invalid_argument},
    {"demote", {act::demote, {.id = member_of(2)}}, {}},
    {"remove", {act::remove, {.id = member_of(1)}}, {}},
    {"rename", {act::rename, {member_of(1), {}, "new", "there"}}, {}},
    {"another's name", {act::rename, {member_of(1), {}, "n2", ""}}, errc::invalid_argument},
    {"no change at all", {static_cast<act>(9), {.id = member_of(1)}}, errc::invalid_argument},
  };
  for (const auto& row : table) {
    CAPTURE(row.name);
    const auto after = changed(before, row.change);
    CHECK(after.has_value() == !row.refused.has_value());
    if (!after)
      CHECK(after.error().code == row.refused);
    else
      CHECK(configuration_of(to_bytes(*after)) == *after);
  }
  CHECK(changed(before, {act::add_learner, fourth})->members.back().role == member_role::learner);
}

TEST_CASE("configuration: the last voter stays, and limits hold") {
  const configuration one = members_of(1, 1);
  CHECK_FALSE(changed(one, {act::remove, {.id = member_of(1)}}));
  CHECK_FALSE(changed(one, {act::demote, {.id = member_of(1)}}));
  CHECK(changed(members_of(9, 7), {act::add_learner, {.id = member_of(77)}}).error().code ==
        errc::overloaded);
  CHECK(changed(members_of(9, 1), {act::promote, {.id = member_of(10)}}).error().code ==
        errc::overloaded);
}

TEST_CASE("configuration: a replaced node goes in single steps, each of which is allowed") {
  for (std::uint8_t voters = 1; voters <= 3; ++voters) {
    configuration now = members_of(voters);
    const auto plan = replacement_plan(now, "n1", member_of(9));
    for (const member_change& step : plan) {
      const auto next = changed(now, step);
      REQUIRE(next);
      now = *next;
    }
    CHECK(now.find(member_of(1)) == nullptr);
    REQUIRE(now.find(member_of(9)) != nullptr);
    CHECK(now.is_voter(member_of(9)));
    CHECK(now.find(member_of(9))->name == "n1");
    CHECK(now.voters() == voters);
  }
  CHECK(replacement_plan(members_of(2), "nobody", member_of(9)).empty());
  CHECK(replacement_plan(members_of(2), "n1", member_of(1)).empty());
}

} // namespace
} // namespace aiex::consensus
