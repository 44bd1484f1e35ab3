#include "aiex/actors/cluster/mesh_core.hpp"

#include "support/mesh_words.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using namespace test;
using time_point = mesh_core::time_point;

// -- who may be linked ----------------------------------------------------------------------------

TEST_CASE("mesh_core: who is refused is told what, why and what to do") {
  struct example {
    const char* name;
    node_hello hello;
    const char* words;
  };
  node_card elsewhere = card("x", 9);
  elsewhere.cluster = mesh_net::id_of(98);
  node_card nowhere = card("x", 9);
  nowhere.address = "somewhere";
  const example table[] = {
    {"another protocol", {node_protocol + 1, encode(card("x", 9))}, "same version of aiex"},
    {"no card", {node_protocol, "?"}, "cannot be read"},
    {"another cluster", hello_of(elsewhere), "belongs to cluster"},
    {"no address", hello_of(nowhere), "no address"},
    {"our store", hello_of(card("x", 5, 2)), "store of this node"},
    {"our name", hello_of(card("m", 9)), "name of this node"},
    {"a name that is taken", hello_of(card("a", 9)), "named a is linked already"},
    {"a copy", hello_of(card("x", 1)), "is linked already: another connection"},
    {"an older life", hello_of(card("a", 1, 6)), "is linked already: another connection"},
  };
  mesh_core core = core_with();
  link_up(core, card("a", 1, 7));
  for (const auto& row : table) {
    CAPTURE(row.name);
    const auto why = core.refusal(row.hello);
    REQUIRE(why);
    CHECK_MESSAGE(why->find(row.words) != std::string::npos, *why);
    CHECK(core.welcome(*why).refusal == *why);
  }
  CHECK_FALSE(core.refusal(hello_of(card("x", 9))));
}

TEST_CASE("mesh_core: a welcome is believed no more than a hello") {
  for (const node_card& who : {card("m", 9), card("x", 5), card("a", 9)}) {
    mesh_core core = core_with({"10.0.0.9:1"});
    link_up(core, card("a", 1));
    const auto dialled = only<mesh_dial>(core.tick(begin));
    REQUIRE(dialled.size() == 1);
    const auto acts = core.welcomed(dialled[0].link, welcome_of(who), begin);
    CHECK(only<mesh_close>(acts).size() == 1);
    CHECK(only<mesh_up>(acts).empty());
    CHECK(only<mesh_warning>(acts).size() == 1);
  }
}

TEST_CASE("mesh_core: a new life of a node takes the place of the old one") {
  mesh_core core = core_with();
  const mesh_link old = link_up(core, card("a", 1, 1));
  mesh_acts acts;
  REQUIRE_FALSE(core.refusal(hello_of(card("a", 1, 2))));
  const mesh_link link = core.admit(hello_of(card("a", 1, 2)), begin, acts);
  REQUIRE(only<mesh_close>(acts).size() == 1);
  CHECK(only<mesh_close>(acts)[0].link == old);
  REQUIRE(only<mesh_down>(acts).size() == 1);
  CHECK(only<mesh_down>(acts)[0].who.incarnation == 1);
  const auto up = only<mesh_up>(core.heard(link, begin));
  REQUIRE(up.size() == 1);
  CHECK(up[0].who.incarnation == 2);
  CHECK(core.up().size() == 1);
}

TEST_CASE("mesh_core: also if the new life is found by dialling it") {
  mesh_core core = core_with({"10.0.0.9:1"});
  link_up(core, card("a", 1, 1));
  const auto dialled = only<mesh_dial>(core.tick(begin));
  REQUIRE(dialled.size() == 1);
  const auto acts = core.welcomed(dialled[0].link, welcome_of(card("a", 1, 2)), begin);
  CHECK(only<mesh_down>(acts).size() == 1);
  CHECK(only<mesh_up>(acts).size() == 1);
  CHECK(core.up().size() == 1);
}

TEST_CASE("mesh_core: no more peers than there may be") {
  mesh_core core = core_with({}, {.peers_max = 2});
  link_up(core, card("a", 1));
  link_up(core, card("b", 2));
  CHECK(core.refusal(hello_of(card("c", 3))));
  CHECK_FALSE(core.refusal(hello_of(card("b", 2, 2)))); // takes the place of itself
}

TEST_CASE("mesh_core: introduces peers to each other") {
  mesh_core core = core_with();
  const mesh_link first = link_up(core, card("a", 1));
  mesh_acts acts;
  const mesh_link second = core.admit(hello_of(card("b", 2)), begin, acts);
  CHECK(only<mesh_introduce>(acts).empty()); // it has not said a word
  const auto told = only<mesh_introduce>(core.heard(second, begin));
  REQUIRE(told.size() == 2);
  CHECK(told[0].link == first);
  CHECK(told[0].all == std::vector<known_node>{{"b", "10.0.0.2:1"}});
  CHECK(told[1].link == second);
  CHECK(told[1].all == std::vector<known_node>{{"a", "10.0.0.1:1"}});
}

// -- silence --------------------------------------------------------------------------------------

TEST_CASE("mesh_core: a silent peer is down, one that is heard is not") {
  const mesh_limits limits;
  mesh_core core = core_with();
  const mesh_link silent = link_up(core, card("a", 1));
  const mesh_link heard = link_up(core, card("b", 2));
  auto now = begin;
  for (; now < begin + limits.suspect_after - limits.heartbeat; now += limits.heartbeat) {
    core.heard(heard, now);
    CHECK(only<mesh_down>(core.tick(now)).empty());
  }
  now += limits.heartbeat;
  const auto acts = core.tick(now);
  REQUIRE(only<mesh_down>(acts).size() == 1);
  CHECK(only<mesh_down>(acts)[0].link == silent);
  CHECK(only<mesh_close>(acts).size() == 1);
  REQUIRE(only<mesh_heartbeat>(acts).size() == 1);
  CHECK(only<mesh_heartbeat>(acts)[0].link == heard);
}

TEST_CASE("mesh_core: who was stopped suspects nobody for that") {
  mesh_core core = core_with();
  link_up(core, card("a", 1));
  core.tick(begin);
  CHECK(only<mesh_down>(core.tick(begin + 1h)).empty());
}

TEST_CASE("mesh_core: one that does not hear us is down") {
  mesh_core core = core_with();
  const mesh_link link = link_up(core, card("a", 1));
  CHECK(core.heartbeat(link, 999ms, begin).empty());
  const auto acts = core.heartbeat(link, 1'000ms, begin);
  REQUIRE(only<mesh_down>(acts).size() == 1);
  CHECK(only<mesh_down>(acts)[0].why == "it does not hear us");
}

TEST_CASE("mesh_core: one that is admitted and says nothing is let go unnoticed") {
  mesh_core core = core_with();
  mesh_acts acts;
  core.admit(hello_of(card("a", 1)), begin, acts);
  std::size_t closed = 0;
  for (auto now = begin; now < begin + 2s; now += 100ms) {
    const auto next = core.tick(now);
    CHECK(only<mesh_down>(next).empty());
    CHECK(only<mesh_heartbeat>(next).empty());
    closed += only<mesh_close>(next).size();
  }
  CHECK(closed == 1);
}

// -- networks of the imagination ------------------------------------------------------------------

TEST_CASE("mesh_core: nodes with one seed form a full mesh within a second or two") {
  for (std::size_t count = 2; count <= 7; ++count) {
    CAPTURE(count);
    mesh_net net{count, count};
    net.run(3s);
    CHECK(net.is_full_mesh());
    const auto changes = net.changes();
    net.run(30s);
    CHECK(net.changes() == changes);
  }
}

TEST_CASE("mesh_core: a cut in one direction only is noticed by both") {
  mesh_net net{2, 7};
  net.run(3s);
  REQUIRE(net.is_full_mesh());
  net.cut(0, 1);
  net.run(2'500ms);
  CHECK(net.up_at(0).empty());
  CHECK(net.up_at(1).empty());
  net.heal();
  net.run(15s);
  CHECK(net.is_full_mesh());
}

TEST_CASE("mesh_core: a stopped node is down, and back when it goes on") {
  mesh_net net{3, 8};
  net.run(3s);
  net.stop(1);
  net.run(1'500ms);
  CHECK(net.up_at(0).size() == 1);
  CHECK(net.up_at(2).size() == 1);
  net.resume(1);
  net.run(15s);
  CHECK(net.is_full_mesh());
}

/// Cuts, stops, kills and restarts for a while, then peace.
void trouble(mesh_net& net, std::uint64_t seed) {
  std::mt19937_64 random{seed};
  const auto draw = [&](std::size_t below) {
    return std::uniform_int_distribution<std::size_t>{0, below - 1}(random);
  };
  for (int i = 0; i < 60; ++i) {
    const auto one = draw(net.count());
    const auto other = (one + 1 + draw(net.count() - 1)) % net.count();
    switch (draw(9)) {
    case 0: net.cut(one, other); break;
    case 1:
      net.cut(one, other);
      net.cut(other, one);
      break;
    case 2: net.heal(); break;
    case 3: net.kill(one); break;
    case 4:
    case 5: net.start(one); break;
    case 6: net.stop(one); break;
    case 7: net.resume(one); break;
    default: break;
    }
    net.run(std::chrono::milliseconds{draw(1'500)});
  }
  net.heal();
  for (std::size_t i = 0; i < net.count(); ++i) {
    net.resume(i);
    net.start(i);
  }
}

TEST_CASE("mesh_core: after any trouble all that can reach each other are linked once") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    mesh_net net{3 + seed % 3, seed};
    trouble(net, seed);
    net.run(25s);
    CHECK(net.is_full_mesh());
    const auto changes = net.changes();
    net.run(10s);
    CHECK(net.changes() == changes); // and stay so
  }
}

} // namespace
} // namespace aiex
