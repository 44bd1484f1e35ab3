#include "aiex/actors/testing/test_cluster.hpp"

#include "support/sample_events.hpp"

#include <doctest/doctest.h>

#include <set>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using testing::heard_event;
using testing::test_cluster;

TEST_CASE("cluster: an event appended at one node is heard at all, in one order") {
  test_cluster cluster{3};
  const auto second = cluster.subscribe(2);
  const auto third = cluster.subscribe(3);
  for (std::size_t node = 1; node <= 3; ++node)
    REQUIRE(cluster.publish(node, "account-1", "opened"));
  cluster.pass(200ms);
  CHECK(second->size() == 3);
  CHECK(*second == *third);
  for (std::size_t node = 1; node <= 3; ++node)
    CHECK(cluster.log_of(node) == *second);
}

TEST_CASE("cluster: a write goes on when the leader is killed, and nothing acknowledged is lost") {
  test_cluster cluster{3};
  const auto leader = cluster.leader();
  const auto other = leader == 1 ? 2 : 1;
  const auto heard = cluster.subscribe(other);
  REQUIRE(cluster.publish(leader, "s", "before"));
  cluster.kill(leader);
  REQUIRE(cluster.publish(other, "s", "after"));
  CHECK(cluster.leader() != 0);
  CHECK(cluster.leader() != leader);
  cluster.start(leader);
  REQUIRE(cluster.await([&] { return cluster.log_of(leader).size() == 2; }));
  cluster.pass(200ms);
  CHECK(cluster.log_of(leader) == cluster.log_of(other));
  REQUIRE(heard->size() == 2);
  CHECK(heard->at(0).type == "before");
  CHECK(heard->at(1).type == "after");
}

TEST_CASE("cluster: a minority refuses at once and says so, and comes back by itself") {
  test_cluster cluster{3};
  const auto leader = cluster.leader();
  cluster.isolate(leader);
  cluster.pass(2s); // its links are missed
  const auto refused =
    cluster.begin_append(leader, test::one("s", {.id = test::id_of(1), .type = "t"}));
  REQUIRE(refused->has_value()); // no time has passed
  CHECK((*refused)->error().code == errc::no_quorum);
  CHECK(cluster.confirm_read(leader).error().code == errc::no_quorum);

  const auto next = leader == 1 ? 2 : 1;
  REQUIRE(cluster.publish(next, "s", "meanwhile"));
  cluster.heal();
  REQUIRE(cluster.await([&] { return cluster.confirm_read(leader).has_value(); }));
  REQUIRE(cluster.publish(leader, "s", "healed"));
  CHECK(cluster.log_of(leader).size() == 2);
}

TEST_CASE("cluster: a read waits for the next leader, while it sees a majority") {
  test_cluster cluster{3};
  const auto leader = cluster.leader();
  const auto other = leader == 1 ? 2 : 1;
  REQUIRE(cluster.publish(leader, "s", "t"));
  cluster.kill(leader);
  CHECK(cluster.confirm_read(other));
  CHECK(cluster.leader() != 0);
  CHECK(cluster.log_of(other).size() == 1);
}

TEST_CASE("cluster: an append under way when the leader is cut off is settled under its id") {
  test_cluster cluster{3};
  const auto leader = cluster.leader();
  const auto follower = leader == 1 ? 2 : 1;
  const append_request request = test::one("s", {.id = test::id_of(1), .type = "t"});
  cluster.isolate(leader);
  const auto at_leader = cluster.begin_append(leader, request);
  const auto at_follower = cluster.begin_append(follower, request);
  REQUIRE(cluster.await([&] { return at_follower->has_value(); }, 20s));
  REQUIRE(**at_follower); // sent again to the next leader
  REQUIRE(cluster.await([&] { return at_leader->has_value(); }, 20s));
  CHECK((*at_leader)->error().code == errc::unknown_outcome);
  cluster.heal();
  REQUIRE(cluster.await([&] { return cluster.confirm_read(leader).has_value(); }));
  const auto again = cluster.append(leader, request);
  REQUIRE(again);
  CHECK(again->repeated);
  CHECK(again->parts == (**at_follower)->parts);
  cluster.pass(1s);
  for (std::size_t node = 1; node <= 3; ++node)
    CHECK(cluster.log_of(node).size() == 1);
}

TEST_CASE("cluster: of two that expect the same version one wins, wherever they ask") {
  test_cluster cluster{3};
  const auto wish = [](std::uint64_t id) {
    append_request request = test::one("s", {.id = test::id_of(id), .type = "t"});
    request.parts.front().expected = expected_version::none();
    return request;
  };
  const auto one = cluster.begin_append(2, wish(1));
  const auto other = cluster.begin_append(3, wish(2));
  REQUIRE(cluster.await([&] { return one->has_value() && other->has_value(); }));
  CHECK((*one)->has_value() != (*other)->has_value());
  const auto& lost = (*one)->has_value() ? **other : **one;
  CHECK(lost.error().code == errc::wrong_expected_version);
  CHECK(lost.error().actual == 1);
  // who lost sees at once what it lost to, on its own node
  CHECK(cluster.log_of((*one)->has_value() ? 3 : 2).size() == 1);
}

TEST_CASE("cluster: an answer is given by a node that has applied what it says") {
  test_cluster cluster{3};
  for (std::uint64_t i = 1; i <= 50; ++i) {
    const std::size_t node = 1 + i % 3;
    const auto done = cluster.append(node, test::one("s", {.id = test::id_of(i), .type = "t"}));
    REQUIRE(done);
    CHECK(cluster.events(node).events().head()->position >= done->parts.front().last_position);
  }
}

TEST_CASE("cluster: malformed appends are refused where they are asked") {
  test_cluster cluster{3};
  const auto follower = cluster.leader() == 1 ? 2 : 1;
  CHECK(cluster.append(follower, test::one("s", {.id = {}, .type = "t"})).error().code ==
        errc::missing_required_fields);
}

TEST_CASE("cluster: one way is enough to be cut off, both sides notice") {
  test_cluster cluster{3};
  const auto leader = cluster.leader();
  for (std::size_t node = 1; node <= 3; ++node)
    if (node != leader)
      cluster.cut_one_way(leader, node);
  REQUIRE(cluster.await([&] { return cluster.leader() != 0 && cluster.leader() != leader; }));
  cluster.pass(2s); // its links are missed
  const auto refused =
    cluster.begin_append(leader, test::one("s", {.id = test::id_of(1), .type = "t"}));
  REQUIRE(refused->has_value());
  CHECK((*refused)->error().code == errc::no_quorum);
}

TEST_CASE("cluster: five nodes in halves, the larger one goes on") {
  test_cluster cluster{5};
  const std::set<std::size_t> minority{cluster.leader(), cluster.leader() == 1 ? 2U : 1U};
  for (const std::size_t inside : minority)
    for (std::size_t node = 1; node <= 5; ++node)
      if (!minority.contains(node))
        cluster.cut(inside, node);
  std::size_t outside = 1;
  while (minority.contains(outside))
    ++outside;
  REQUIRE(cluster.publish(outside, "s", "in the majority"));
  cluster.pass(2s); // links are missed
  for (const std::size_t inside : minority) {
    const auto refused =
      cluster.begin_append(inside, test::one("s", {.id = test::id_of(inside), .type = "t"}));
    REQUIRE(refused->has_value());
    CHECK((*refused)->error().code == errc::no_quorum);
  }
  cluster.heal();
  for (std::size_t node = 1; node <= 5; ++node)
    REQUIRE(cluster.await([&] { return cluster.log_of(node).size() == 1; }));
}

TEST_CASE("cluster: who lost its disk comes back as another member, once the old one is removed") {
  test_cluster cluster{3};
  REQUIRE(cluster.publish(1, "s", "t"));
  const auto lost = cluster.leader() == 3 ? 2 : 3;
  const auto left = cluster.leader();
  const auto old_id = cluster.id_of(lost);
  cluster.kill(lost);
  cluster.start_empty(lost);
  cluster.pass(3s);
  CHECK(cluster.view(left).members.find(cluster.id_of(lost)) == nullptr); // its name is taken
  REQUIRE(cluster.change(left, {consensus::member_change::act::remove, {old_id, {}, {}, {}}}));
  REQUIRE(cluster.await([&] { return cluster.view(left).members.is_voter(cluster.id_of(lost)); }));
  CHECK(cluster.log_of(lost).size() == 1);
  CHECK(cluster.view(left).members.members.size() == 3);
}

TEST_CASE("cluster: every node sees who leads, who is linked, and how far the others are") {
  test_cluster cluster{3};
  CHECK_FALSE(cluster.sight(1).is_alone());
  REQUIRE(cluster.publish(1, "s", "t"));
  cluster.pass(2s);
  const auto leader = cluster.leader();
  for (std::size_t node = 1; node <= 3; ++node) {
    const cluster_view seen = cluster.sight(node).view();
    CHECK(seen.leader == cluster.id_of(leader));
    CHECK((seen.role == consensus::role::leader) == (node == leader));
    CHECK(seen.sees_majority);
    CHECK(seen.linked.size() == 2);
    const auto applied = cluster.sight(node).applied();
    REQUIRE(applied.size() == 2);
    for (const auto& [member, index] : applied)
      CHECK(index == seen.applied);
  }
  cluster.isolate(leader);
  cluster.pass(2s);
  CHECK_FALSE(cluster.sight(leader).view().sees_majority);
  CHECK(cluster.sight(leader).view().linked.empty());
  CHECK(cluster.sight(leader).applied().empty());
}

// The seed decides the elections; whatever they are, the promises hold.
TEST_CASE("cluster: leaders are killed one after another while all nodes append") {
  for (const std::uint64_t seed : {1, 2, 3, 4, 5}) {
    CAPTURE(seed);
    test_cluster cluster{3, seed};
    std::size_t acknowledged = 0;
    std::uint64_t id = 0;
    for (int round = 0; round < 4; ++round) {
      const auto killed = cluster.leader();
      REQUIRE(killed != 0);
      std::vector<std::shared_ptr<std::optional<result<append_result>>>> under_way;
      for (std::size_t node = 1; node <= 3; ++node)
        if (node != killed)
          for (int i = 0; i < 5; ++i)
            under_way.push_back(
              cluster.begin_append(node, test::one("s", {.id = test::id_of(++id), .type = "t"})));
      cluster.kill(killed);
      REQUIRE(cluster.await([&] {
        return std::ranges::all_of(under_way, [](const auto& each) { return each->has_value(); });
      }));
      for (const auto& each : under_way) {
        REQUIRE_MESSAGE((*each)->has_value(), (*each)->error().message); // sent again to the next
        ++acknowledged;
      }
      cluster.start(killed);
      REQUIRE(cluster.await(
        [&] { return cluster.leader() != 0 && cluster.view(killed).sees_majority; }));
    }
    cluster.pass(2s);
    for (std::size_t node = 1; node <= 3; ++node) {
      CHECK(cluster.log_of(node).size() == acknowledged);
      CHECK(cluster.log_of(node) == cluster.log_of(1));
    }
  }
}

} // namespace
} // namespace aiex
