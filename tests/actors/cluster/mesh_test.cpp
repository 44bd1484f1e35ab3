#include "aiex/actors/cluster/mesh.hpp"

#include "support/mesh_world.hpp"

#include <doctest/doctest.h>

#include <memory>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using namespace test;
using names = std::vector<std::string>;

TEST_CASE("mesh: two nodes link, and messages of all sizes arrive in order") {
  mesh_node first{{.name = "n1", .store = 1}};
  mesh_node second{{.name = "n2", .store = 2, .seeds = {first.address()}}};
  REQUIRE(first.sees({"n2"}));
  REQUIRE(second.sees({"n1"}));
  CHECK(eventually([&] { return first.diary->has("up n2"); }));

  const std::size_t sizes[] = {0, 1, 1'000, frame_bytes_max, 3 * frame_bytes_max + 7, 2 << 20};
  for (const std::size_t size : sizes) {
    first.send(2, peer_channel::store, false, std::string(size, 'a'));
    second.send(1, peer_channel::store, false, std::string(size, 'b'));
  }
  for (const auto& [node, letter] : {std::pair{&second, 'a'}, std::pair{&first, 'b'}}) {
    REQUIRE(eventually([&, at = node] { return at->diary->messages_count() == std::size(sizes); }));
    const auto all = node->diary->messages();
    for (std::size_t i = 0; i < std::size(sizes); ++i)
      CHECK(all[i].bytes == std::string(sizes[i], letter));
    CHECK(all[0].from == uuid_of(node == &first ? 2 : 1));
    CHECK(all[0].channel == peer_channel::store);
  }
}

TEST_CASE("mesh: the largest messages both ways at once, and an urgent one between them") {
  mesh_node first{{.name = "n1", .store = 1}};
  mesh_node second{{.name = "n2", .store = 2, .seeds = {first.address()}}};
  REQUIRE(first.sees({"n2"}));
  REQUIRE(second.sees({"n1"}));
  const std::string large(peer_message_bytes_max, 'x');
  for (int i = 0; i < 2; ++i) {
    first.send(2, peer_channel::store, false, large);
    second.send(1, peer_channel::store, false, large);
  }
  first.send(2, peer_channel::consensus, true, "vote");
  second.send(1, peer_channel::consensus, true, "vote");
  for (mesh_node* node : {&first, &second}) {
    REQUIRE(eventually([&] { return node->diary->messages_count() == 3; }));
    auto all = node->diary->messages();
    const auto votes = std::erase_if(all, [](const auto& each) { return each.bytes == "vote"; });
    CHECK(votes == 1); // before the others' ends: peer_wire_test
    for (const peer_message& each : all)
      CHECK(each.bytes == large);
  }
  CHECK(first.up() == names{"n2"});
}

TEST_CASE("mesh: a queue that runs over ends the link, which then begins anew") {
  mesh_node first{{.name = "n1", .store = 1, .wire = {.queue_bytes = 1'000'000}}};
  mesh_node second{{.name = "n2", .store = 2, .seeds = {first.address()}}};
  REQUIRE(first.sees({"n2"}));
  first.send(2, peer_channel::store, false, std::string(1'000'000, 'x'));
  CHECK(eventually([&] { return second.diary->has("down n1"); }));
  CHECK(first.sees({"n2"}));
  first.send(2, peer_channel::store, false, "again");
  CHECK(eventually([&] { return second.diary->messages_count() == 1; }));
}

TEST_CASE("mesh: one seed is enough, and the end of a node is heard of") {
  mesh_node first{{.name = "n1", .store = 1}};
  mesh_node second{{.name = "n2", .store = 2, .seeds = {first.address()}}};
  auto third = std::make_unique<mesh_node>(
    mesh_node_options{.name = "n3", .store = 3, .seeds = {first.address()}});
  CHECK(first.sees({"n2", "n3"}));
  CHECK(second.sees({"n1", "n3"}));
  CHECK(third->sees({"n1", "n2"}));

  const endpoint where = third->where();
  third.reset();
  CHECK(first.sees({"n2"}));
  CHECK(second.sees({"n1"}));
  CHECK(eventually([&] { return first.diary->has("down n3"); }));
  CHECK(eventually([&] { return second.diary->has("down n3"); }));

  // Another life of it: found by those who knew where it was.
  mesh_node again{{.name = "n3", .store = 3, .incarnation = 2, .where = where}};
  CHECK(first.sees({"n2", "n3"}));
  CHECK(second.sees({"n1", "n3"}));
  CHECK(again.sees({"n1", "n2"}));
}

} // namespace
} // namespace aiex
