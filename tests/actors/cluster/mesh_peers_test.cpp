#include "aiex/actors/cluster/mesh_peers.hpp"

#include "support/mesh_words.hpp"

#include <doctest/doctest.h>

#include <set>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using namespace test;
using time_point = mesh_core::time_point;

TEST_CASE("mesh_peers: a node that does not listen yet links with nobody") {
  node_card self = card("m", 5);
  self.address.clear();
  mesh_core core{self, {}, {}, 1, begin};
  const auto why = core.refusal(hello_of(card("a", 1)));
  REQUIRE(why);
  CHECK(why->find("being started") != std::string::npos);
  core.listens_at("10.0.0.5:1");
  CHECK_FALSE(core.refusal(hello_of(card("a", 1))));
}

TEST_CASE("mesh_peers: nobody is dialled before this node listens, nor this node itself") {
  node_card self = card("m", 5);
  self.address.clear();
  mesh_core core{self, {"10.0.0.1:1", "10.0.0.5:1"}, {}, 1, begin};
  CHECK(only<mesh_dial>(core.tick(begin)).empty());
  core.listens_at("10.0.0.5:1");
  const auto dialled = only<mesh_dial>(core.tick(begin));
  REQUIRE(dialled.size() == 1);
  CHECK(dialled[0].address == "10.0.0.1:1");
  core.dial_failed(dialled[0].link, mesh_core::dial_failure::own, "", begin);
  for (auto now = begin; now < begin + 1min; now += 100ms)
    CHECK(only<mesh_dial>(core.tick(now)).empty());
}

TEST_CASE("mesh_peers: dials less and less often, until a link has lived") {
  const mesh_limits limits;
  mesh_core core = core_with({"10.0.0.1:1"});
  std::vector<std::chrono::milliseconds> waits;
  auto last = begin;
  auto now = begin;
  const auto next_dial = [&] {
    for (;; now += 1ms)
      if (const auto dialled = only<mesh_dial>(core.tick(now)); !dialled.empty())
        return dialled[0].link;
  };
  for (int i = 0; i < 12; ++i) {
    const mesh_link link = next_dial();
    waits.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(now - last));
    last = now;
    core.dial_failed(link, mesh_core::dial_failure::unreachable, "refused", now);
  }
  CHECK(waits[0] == 0ms);
  auto expected = limits.redial_first;
  for (std::size_t i = 1; i < waits.size(); ++i) {
    CAPTURE(i);
    CHECK(waits[i] >= expected / 2);
    CHECK(waits[i] <= expected + 1ms);
    expected = std::min(expected * 2, limits.redial_max);
  }
  const mesh_link link = next_dial();
  REQUIRE(only<mesh_up>(core.welcomed(link, welcome_of(card("z", 1)), now)).size() == 1);
  for (const auto until = now + limits.lived_min; now < until; now += 50ms)
    core.heard(link, now), core.tick(now);
  core.ended(link, "closed", now);
  CHECK(only<mesh_dial>(core.tick(now)).size() == 1); // at once
}

TEST_CASE("mesh_peers: nodes that fail together do not try again together") {
  const auto second_dial = [](std::uint64_t random) {
    mesh_core core{card("m", 5), {"10.0.0.1:1"}, {}, random, begin};
    const auto first = only<mesh_dial>(core.tick(begin));
    REQUIRE(first.size() == 1);
    core.dial_failed(first[0].link, mesh_core::dial_failure::unreachable, "", begin);
    auto now = begin;
    while (only<mesh_dial>(core.tick(now)).empty())
      now += 1ms;
    return now;
  };
  std::set<time_point> times;
  for (std::uint64_t random = 1; random <= 20; ++random)
    times.insert(second_dial(random * 1'000'003));
  CHECK(times.size() > 5);
}

TEST_CASE("mesh_peers: a link that did not live is a failure as well") {
  mesh_core core = core_with();
  auto now = begin;
  for (int i = 0; i < 10; ++i) {
    const mesh_link link = link_up(core, card("z", 1), now);
    core.ended(link, "closed", now);
    for (const auto& each : only<mesh_dial>(core.tick(now)))
      core.dial_failed(each.link, mesh_core::dial_failure::unreachable, "", now);
  }
  for (const auto until = now + mesh_limits{}.redial_max / 2; now < until; now += 10ms)
    CHECK(only<mesh_dial>(core.tick(now)).empty());
}

TEST_CASE("mesh_peers: of two that know each other the smaller name dials at once") {
  for (const bool is_smaller : {true, false}) {
    CAPTURE(is_smaller);
    mesh_core core = core_with();
    core.expect({{is_smaller ? "z" : "a", "10.0.0.1:1"}}, begin);
    CHECK(only<mesh_dial>(core.tick(begin)).size() == (is_smaller ? 1 : 0));
    if (!is_smaller)
      CHECK(only<mesh_dial>(core.tick(begin + mesh_limits{}.yield_for)).size() == 1);
  }
}

TEST_CASE("mesh_peers: dials and addresses are limited") {
  mesh_core core = core_with({}, {.addresses_max = 12, .dials_max = 3});
  std::vector<known_node> many;
  for (int i = 100; i < 120; ++i)
    many.push_back({"", "10.0.0." + std::to_string(i) + ":1"});
  core.expect(many, begin);
  CHECK(core.known().size() == 12);
  CHECK(only<mesh_dial>(core.tick(begin)).size() == 3);
  CHECK(only<mesh_dial>(core.tick(begin + 1s)).empty());
}

TEST_CASE("mesh_peers: who never answers keeps nobody waiting") {
  mesh_core core = core_with({"10.0.0.1:1", "10.0.0.2:1", "10.0.0.3:1", "10.0.0.4:1"},
    {.redial_max = 100ms, .dials_max = 1});
  std::set<std::string> dialled;
  for (auto now = begin; now < begin + 8s; now += 2s)
    for (const auto& each : only<mesh_dial>(core.tick(now))) {
      dialled.insert(each.address);
      core.dial_failed(each.link, mesh_core::dial_failure::unreachable, "no answer", now + 1s);
    }
  CHECK(dialled.size() == 4);
  const auto unreached = core.unreached();
  REQUIRE(unreached.size() == 4);
  CHECK(unreached[0].why == "no answer");
  CHECK(unreached[0].failures == 1);
}

TEST_CASE("mesh_peers: an address in other words is the same") {
  node_card self = card("m", 5);
  self.address.clear();
  mesh_core core{self, {"localhost:9", "127.0.0.1:9", "localhost:8", "127.0.0.1:0"}, {}, 1, begin};
  core.listens_at("localhost:8");
  CHECK(core.known().size() == 2);
  CHECK(core.unreached().size() == 1);
  const auto all = only<mesh_dial>(core.tick(begin));
  REQUIRE(all.size() == 1);
  CHECK(all[0].address == "127.0.0.1:9");
}

TEST_CASE("mesh_peers: what is learnt is dialled, and forgotten if nobody answers") {
  const mesh_limits limits{.forget_after = 60s};
  mesh_core core = core_with({"10.0.0.1:1"}, limits);
  const mesh_link link = link_up(core, card("a", 1));
  core.introduced(
    link, {{"z", "10.0.0.7:1"}, {"m", "10.0.0.8:1"}, {"y", "10.0.0.5:1"}, {"x", "nowhere"}}, begin);
  CHECK(core.known() == std::vector<known_node>{{"a", "10.0.0.1:1"}, {"z", "10.0.0.7:1"}});
  const auto nobody_answers = [&](time_point now) {
    std::vector<std::string> dialled;
    for (const auto& each : only<mesh_dial>(core.tick(now))) {
      dialled.push_back(each.address);
      core.dial_failed(each.link, mesh_core::dial_failure::unreachable, "", now);
    }
    return dialled;
  };
  CHECK(nobody_answers(begin) == std::vector<std::string>{"10.0.0.7:1"});
  nobody_answers(begin + limits.forget_after - 1ms);
  CHECK(core.known().size() == 2);
  core.ended(link, "", begin + limits.forget_after);
  nobody_answers(begin + limits.forget_after);
  nobody_answers(begin + 3 * limits.forget_after);
  CHECK(core.known() == std::vector<known_node>{{"a", "10.0.0.1:1"}}); // the seed stays
}

TEST_CASE("mesh_peers: a peer is not forgotten at the end of a long link") {
  mesh_core core = core_with({}, {.forget_after = 60s});
  const mesh_link link = link_up(core, card("z", 1));
  const auto much_later = begin + 1h;
  core.ended(link, "closed", much_later);
  CHECK(only<mesh_dial>(core.tick(much_later)).size() == 1);
}

} // namespace
} // namespace aiex
