// Its plain course: tests/simulate/traces/hand_over.txt.
#include "aiex/persistence/consensus/transfer.hpp"

#include "support/core_net.hpp"

#include <doctest/doctest.h>

#include <array>

namespace aiex::consensus {
namespace {

using namespace test;

core_net led_by_first(const net_options& options = {.is_instant = true}) {
  core_net net{options, 1};
  net.elect(0);
  net.calm_round();
  REQUIRE(net.node(0).core.is_leader());
  return net;
}

TEST_CASE("transfer: to oneself, a learner or a stranger is none") {
  core_net net = led_by_first({.joiners = 1, .is_instant = true});
  for (const std::uint8_t to : std::array<std::uint8_t, 3>{1, 4, 99}) {
    net.input(0, transfer{member_of(to)});
    CHECK_FALSE(net.node(0).core.leading->transfer_to);
  }
  outputs out = net.node(1).step(transfer{member_of(3)}); // who does not lead has nothing to give
  CHECK(out.messages.empty());
}

TEST_CASE("transfer: with its target cut off the leader goes on, and no term has two votes") {
  core_net net = led_by_first();
  net.input(0, transfer{member_of(2)});
  net.cut(1, 0); // what the target says does not reach the leader
  net.deliver_all();
  net.partition(1);
  for (int i = 0; i < 40; ++i)
    net.calm_round();
  CHECK(net.settle());
}

TEST_CASE("transfer: one that may not lead ignores it") {
  core_node node{1, disk_of({1, 1}, 1, members_of(3))};
  node.step(damaged{2});
  const message word{member_of(2), member_of(1), history_of_test, 1, 1, timeout_now{}};
  node.step(received{word});
  CHECK(node.core.role == role::follower);
}

} // namespace
} // namespace aiex::consensus
