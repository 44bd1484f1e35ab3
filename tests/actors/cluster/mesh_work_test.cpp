// What a mesh does with nodes that are not as they should be, and with its own actors' questions.
#include "aiex/actors/cluster/mesh_work.hpp"

#include "support/child_process.hpp"
#include "support/mesh_world.hpp"
#include "support/rogue_node.hpp"

#include <doctest/doctest.h>

#include <memory>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using namespace test;

bool contains(const std::vector<std::string>& lines, const std::string& words) {
  return std::any_of(lines.begin(), lines.end(),
    [&](const std::string& each) { return each.find(words) != std::string::npos; });
}

// -- who is no node of this mesh ------------------------------------------------------------------

TEST_CASE("mesh_work: who is refused learns why and is linked with nobody") {
  struct example {
    const char* name;
    mesh_node_options other;
    const char* words;
  };
  mesh_node node{{.name = "n1", .store = 1}};
  const std::vector<std::string> seeds{node.address()};
  const example table[] = {
    {"another cluster", {.name = "n2", .store = 2, .seeds = seeds, .cluster = 101},
      "belongs to cluster"},
    {"our name", {.name = "n1", .store = 2, .seeds = seeds}, "has the name of this node"},
    {"our store", {.name = "n2", .store = 1, .seeds = seeds}, "has the store of this node"},
  };
  for (const auto& row : table) {
    CAPTURE(row.name);
    mesh_node other{row.other};
    CHECK(eventually([&] { return contains(other.warnings(), row.words); }));
    CHECK(other.up().empty());
    CHECK(node.up().empty());
    const auto unreached = other.ask<nodes_unreached>(list_unreached{});
    REQUIRE(unreached);
    REQUIRE(unreached->all.size() == 1);
    CHECK(unreached->all[0].address == node.address());
    CHECK(unreached->all[0].why.find(row.words) != std::string::npos);
  }
  CHECK(node.diary->lines().empty());
}

TEST_CASE("mesh_work: a name that is taken is refused, until it is free") {
  mesh_node node{{.name = "n1", .store = 1}};
  auto first = std::make_unique<mesh_node>(
    mesh_node_options{.name = "n2", .store = 2, .seeds = {node.address()}});
  REQUIRE(node.sees({"n2"}));
  // Patience of redials that a test has.
  const mesh_limits hurried{.redial_max = 100ms};
  mesh_node second{{.name = "n2", .store = 3, .seeds = {node.address()}, .limits = hurried}};
  CHECK(eventually([&] { return contains(second.warnings(), "n2 is linked already"); }));
  CHECK(second.up().empty());
  first.reset();
  CHECK(second.sees({"n1"}));
}

TEST_CASE("mesh_work: a node of another protocol is told to be updated") {
  mesh_node node{{}};
  rogue_node rogue{node.where()};
  const auto why = rogue.say_hello({node_protocol + 1, "whatever"});
  CHECK(why.find("Run the same version of aiex") != std::string::npos);
}

TEST_CASE("mesh_work: a node says hello before anything else") {
  mesh_node node{{}};
  {
    rogue_node rogue{node.where()};
    rogue.send(rogue.door, frame{"x"}); // as no client may
    CHECK(rogue.sees_end(rogue.door));
  }
  {
    rogue_node rogue{node.where()};
    node_card other = rogue_node::card("x", 9);
    other.cluster = uuid_of(1);
    CHECK_FALSE(rogue.say_hello(other).empty());
    rogue.send(rogue.mesh, frame{"x"}); // refused: a client still
    CHECK(rogue.sees_end(rogue.door));
  }
}

TEST_CASE("mesh_work: a client is let in as ever, and no further") {
  mesh_node node{{}};
  link_peer client;
  const auto door = client.link.connect(node.where(), patience);
  REQUIRE(door);
  caf::scoped_actor self{client.system, true};
  bool is_welcome = false;
  self->request(*door, patience, gateway_hello{})
    .receive([&](const gateway_welcome&) { is_welcome = true; }, [](const caf::error&) {});
  CHECK(is_welcome);
  self->send(*door, actor_question{"mesh"});
  CHECK(client.sees_end(*door));
}

TEST_CASE("mesh_work: a link whose frames break a rule is closed") {
  const std::vector<std::pair<const char*, std::string>> table = {
    {"an unknown kind", "\x2a"},
    {"a part without a beginning",
      encode(peer_part{peer_channel::store, false, false, true, 0, "x"})},
    {"a channel that there is not",
      encode(peer_part{static_cast<peer_channel>(77), false, true, true, 1, "x"})},
    {"an acknowledgement of what was not sent", encode(peer_ack{1'000'000})},
    {"a message over the limit",
      encode(peer_part{peer_channel::store, false, true, false, peer_message_bytes_max + 1, "x"})},
  };
  for (const auto& [what, bytes] : table) {
    CAPTURE(what);
    mesh_node node{{}};
    rogue_node rogue{node.where()};
    REQUIRE(rogue.say_hello(rogue_node::card("x", 9)).empty());
    REQUIRE(rogue.hears<peer_heartbeat>());
    CHECK(node.up() == std::vector<std::string>{"x"});
    rogue.send_bytes(bytes);
    CHECK(rogue.sees_end(rogue.mesh));
    CHECK(eventually([&] { return node.diary->has("down x"); }));
  }
}

TEST_CASE("mesh_work: a message over a node's limit ends the link, and nothing else") {
  mesh_node node{{}};
  rogue_node rogue{node.where()};
  REQUIRE(rogue.say_hello(rogue_node::card("x", 9)).empty());
  rogue.send_bytes(std::string((1 << 20) + 2 * frame_overhead_bytes, 'x'));
  CHECK(rogue.sees_end(rogue.mesh));
  CHECK(node.up().empty());
}

TEST_CASE("mesh_work: one that was welcome and says nothing is never up, and let go") {
  mesh_node node{{}};
  rogue_node rogue{node.where()};
  REQUIRE(rogue.say_hello(rogue_node::card("x", 9)).empty());
  CHECK(rogue.sees_end(rogue.mesh));
  CHECK(node.diary->lines().empty());
}

TEST_CASE("mesh_work: one that says it does not hear us is down") {
  mesh_node node{{}};
  rogue_node rogue{node.where()};
  REQUIRE(rogue.say_hello(rogue_node::card("x", 9)).empty());
  REQUIRE(rogue.hears<peer_heartbeat>());
  rogue.send_frame(peer_heartbeat{5s});
  CHECK(rogue.sees_end(rogue.mesh));
  CHECK(eventually([&] { return node.diary->has("down x"); }));
}

// -- windows --------------------------------------------------------------------------------------

TEST_CASE("mesh_work: to one that acknowledges nothing no more than a window is sent") {
  mesh_node node{{.wire = {.window_bytes = 1'000, .queue_bytes = 100'000}}};
  rogue_node rogue{node.where()};
  REQUIRE(rogue.say_hello(rogue_node::card("x", 9)).empty());
  REQUIRE(rogue.hears<peer_heartbeat>());
  for (int i = 0; i < 10; ++i)
    node.send(9, peer_channel::store, false, std::string(400, 'x'));
  CHECK(rogue.hears<peer_part>());
  CHECK(node.up() == std::vector<std::string>{"x"});
  for (int i = 0; i < 10; ++i) // more than may wait
    node.send(9, peer_channel::store, false, std::string(20'000, 'x'));
  CHECK(rogue.sees_end(rogue.mesh));
  CHECK(eventually([&] { return node.diary->has("down x"); }));
}

// -- handles of actors of third nodes -------------------------------------------------------------

/// Watches whom it is told of, and writes to them.
caf::behavior curious(caf::event_based_actor* self, std::shared_ptr<mesh_diary> diary) {
  self->set_down_handler([diary](const caf::down_msg&) { diary->add("gone"); });
  return {[self, diary](const actor_answer& told) {
    self->monitor(told.who);
    self->send(told.who, gateway_request{"echo", "x"});
    diary->add("told");
  }};
}

TEST_CASE("mesh_work: a handle of an actor of a node without a link is that of a dead one") {
  mesh_node node{{}};
  const auto reader = node.system.spawn<caf::hidden>(curious, node.diary);
  REQUIRE(node.names.register_name("reader", reader));
  link_node elsewhere;
  rogue_node rogue{node.where()};
  REQUIRE(rogue.say_hello(rogue_node::card("x", 9)).empty());
  REQUIRE(rogue.hears<peer_heartbeat>());
  const auto found = rogue.find("reader");
  REQUIRE(found);
  const auto third = rogue.peer().link.connect(elsewhere.where(), patience);
  REQUIRE(third);
  rogue.send(*found, actor_answer{*third});
  CHECK(eventually([&] { return node.diary->has("gone"); }));
  CHECK(rogue.hears<peer_heartbeat>()); // the link is as it was
  CHECK(node.up() == std::vector<std::string>{"x"});
  CHECK(rogue.peer().link.linked() == 2);
  caf::anon_send_exit(reader, caf::exit_reason::kill);
}

// -- questions ------------------------------------------------------------------------------------

TEST_CASE("mesh_work: finds an actor by its name at another node, and pings it") {
  mesh_node first{{.name = "n1", .store = 1}};
  mesh_node second{{.name = "n2", .store = 2, .seeds = {first.address()}}};
  REQUIRE(first.sees({"n2"}));
  const auto echo = second.system.spawn<caf::hidden>(test_gateway, gateway_protocol);
  REQUIRE(second.names.register_name("echo", echo));

  const auto found = first.ask<found_remote>(find_remote{"n2", "echo"});
  REQUIRE(found);
  REQUIRE(found->outcome);
  caf::scoped_actor self{first.system, true};
  std::string body;
  self->request(*found->outcome, patience, gateway_request{"echo", "over there"})
    .receive([&](gateway_reply& reply) { body = reply.body; }, [](const caf::error&) {});
  CHECK(body == "over there");
  caf::anon_send_exit(echo, caf::exit_reason::kill);

  const auto code_of = [&](const std::string& node, const std::string& name) {
    const auto answer = first.ask<found_remote>(find_remote{node, name});
    REQUIRE(answer);
    return answer->outcome ? errc{} : answer->outcome.error().code;
  };
  CHECK(code_of("n2", "nobody") == errc::not_found);
  CHECK(code_of("n9", "echo") == errc::unreachable);
  CHECK(code_of("n1", "echo") == errc::not_found);
  CHECK(code_of("n1", "mesh") == errc{});

  const auto pong = first.ask<pinged_node>(ping_node{"n2"});
  REQUIRE(pong);
  REQUIRE(pong->round_trip);
  CHECK(*pong->round_trip > 0us);
  CHECK(*pong->round_trip < patience);
  const auto pang = first.ask<pinged_node>(ping_node{"n9"});
  REQUIRE(pang);
  CHECK_FALSE(pang->round_trip);
}

TEST_CASE("mesh_work: questions end with the link, or with the time") {
  mesh_node node{{}};
  auto rogue = std::make_unique<rogue_node>(node.where());
  REQUIRE(rogue->say_hello(rogue_node::card("x", 9)).empty());
  REQUIRE(rogue->hears<peer_heartbeat>());
  caf::scoped_actor self{node.system, true};
  // CAF's own requests: to an actor of this process.
  const auto find = self->request(node.mesh(), patience, find_remote{"x", "echo"});
  const auto ping = self->request(node.mesh(), patience, ping_node{"x"});
  REQUIRE(rogue->hears<peer_ping>());
  rogue.reset();
  std::optional<found_remote> found;
  auto finding = find;
  finding.receive(
    [&](found_remote& answer) { found.emplace(std::move(answer)); }, [](const caf::error&) {});
  REQUIRE(found);
  REQUIRE_FALSE(found->outcome);
  CHECK(found->outcome.error().code == errc::unreachable);
  std::optional<pinged_node> pinged;
  auto pinging = ping;
  pinging.receive([&](const pinged_node& answer) { pinged = answer; }, [](const caf::error&) {});
  REQUIRE(pinged);
  CHECK_FALSE(pinged->round_trip);
}

// -- deaths ---------------------------------------------------------------------------------------

TEST_CASE("mesh_work: a mesh that ends takes its links with it, and the next one has them again") {
  mesh_node first{{.name = "n1", .store = 1}};
  mesh_node second{{.name = "n2", .store = 2, .seeds = {first.address()}}};
  REQUIRE(first.sees({"n2"}));
  REQUIRE(second.sees({"n1"}));
  second.restart_mesh();
  CHECK(eventually([&] { return first.diary->has("down n2"); }));
  CHECK(first.sees({"n2"}));
  CHECK(second.sees({"n1"}));
}

TEST_CASE(
  "mesh_work: a process that is stopped is down and comes back, one that is killed is down") {
  mesh_node node{{.name = "n1", .store = 1}};
  const auto times = [&](const std::string& line) {
    const auto lines = node.diary->lines();
    return std::count(lines.begin(), lines.end(), line);
  };
  child_process other{{AIEX_MESH_PROCESS, "n2", "2", node.address()}};
  REQUIRE_FALSE(other.read_line().empty());
  REQUIRE(eventually([&] { return times("up n2") == 1; }));
  other.send_signal(SIGSTOP);
  CHECK(eventually([&] { return times("down n2") == 1; }));
  other.send_signal(SIGCONT);
  CHECK(eventually([&] { return times("up n2") == 2; }));
  other.send_signal(SIGKILL);
  CHECK(eventually([&] { return times("down n2") == 2; }));
  child_process again{{AIEX_MESH_PROCESS, "n2", "2", node.address()}};
  CHECK(eventually([&] { return times("up n2") == 3; }));
}

} // namespace
} // namespace aiex
