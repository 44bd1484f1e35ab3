// A cluster for tests, ours and those of a user: several nodes in one process, on virtual time and
// a network that is cut and healed as told. Stores, buses, consensus and all that decides are those
// of a node; disks are in memory, and time moves only when told.
//
//   aiex::testing::test_cluster cluster{3};
//   const auto heard = cluster.subscribe(2);
//   REQUIRE(cluster.publish(1, "account-1", "opened", R"({"owner":"ann"})"));
//   cluster.pass(100ms);
//   CHECK(heard->size() == 1);
//   cluster.kill(cluster.leader());
//   REQUIRE(cluster.await([&] { return cluster.leader() != 0; }));
//
// Nodes are called by their numbers, from 1.
#pragma once

#include "aiex/actors/flow/bus.hpp"
#include "aiex/actors/flow/member_messages.hpp"
#include "aiex/actors/flow/store.hpp"
#include "aiex/actors/testing/actor_world.hpp"
#include "aiex/actors/testing/simulated_network.hpp"
#include "aiex/persistence/storage/memory_log.hpp"
#include "aiex/persistence/storage/memory_tables.hpp"
#include "aiex/persistence/storage/memory_term.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace aiex::testing {

/// An event as a subscriber has heard it.
struct heard_event {
  aiex::position position{};
  std::string stream{};
  std::string type{};
  std::string data{};

  bool operator==(const heard_event&) const = default;
};
using heard_events = std::shared_ptr<std::vector<heard_event>>;

class test_cluster {
public:
  using node_number = simulated_network::node_number;

  /// Node 1 founds the cluster, the others join it; all are voters when this returns. The seed
  /// decides the elections. Throws if they do not come together.
  explicit test_cluster(std::size_t nodes, std::uint64_t seed = 1);
  ~test_cluster();
  test_cluster(const test_cluster&) = delete;
  test_cluster& operator=(const test_cluster&) = delete;

  actor_world world;

  // -- time --------------------------------------------------------------------------------------

  /// Time passes, in small steps, and all that it brings happens.
  void pass(std::chrono::milliseconds by);

  /// Until `holds`, for `most` at longest: whether it came to hold.
  bool await(
    const std::function<bool()>& holds, std::chrono::milliseconds most = std::chrono::seconds{60});

  // -- use ---------------------------------------------------------------------------------------

  /// The node's store, to append and read by. Precondition: it is up.
  const store& events(node_number node) const { return *nodes_.at(node - 1)->events; }

  /// Appends at that node and waits for the answer: at most `patience` of the cluster's time.
  result<append_result> append(node_number node, append_request request,
    std::chrono::milliseconds patience = std::chrono::seconds{20});
  result<append_result> publish(
    node_number node, std::string stream, std::string type, std::string data = "{}");

  /// Begins it; the answer stands there once it has come.
  std::shared_ptr<std::optional<result<append_result>>> begin_append(node_number node,
    append_request request, std::chrono::milliseconds patience = std::chrono::seconds{20});

  /// Whether the node's state shows all that was committed when this was asked.
  result<void> confirm_read(
    node_number node, std::chrono::milliseconds patience = std::chrono::seconds{20});

  /// What the bus of that node hands out from now on, or from behind `from`.
  heard_events subscribe(
    node_number node, query filter = {}, std::optional<position> from = std::nullopt);

  /// All events of its log.
  std::vector<heard_event> log_of(node_number node) const;

  result<void> change(node_number node, consensus::member_change what);
  cluster_view view(node_number node);
  const cluster_sight& sight(node_number node) const { return *nodes_.at(node - 1)->sight; }
  /// Who leads, and is seen to by a majority; 0 if nobody is.
  node_number leader();
  consensus::member_id id_of(node_number node) const;

  // -- what goes wrong ---------------------------------------------------------------------------

  /// Its process ends; what its disk had synced is there when it starts again.
  void kill(node_number node);
  void start(node_number node);
  /// Its disk is another one, and empty: it joins under another id.
  void start_empty(node_number node);
  bool is_up(node_number node) const { return nodes_.at(node - 1)->events.has_value(); }

  void cut(node_number one, node_number other);
  void cut_one_way(node_number from, node_number to) { network_.cut_one_way(from, to); }
  /// From all others.
  void isolate(node_number node);
  void heal() { network_.heal(); }

private:
  struct hosted {
    memory_log log{};
    memory_tables state{};
    memory_term term{};
    consensus::member_id id{};
    std::uint64_t lives = 0;
    std::optional<store> events{};
    caf::actor mesh{};
    registry names{};
    caf::actor bus{};
    std::shared_ptr<bus_memory> memory{};
    std::shared_ptr<cluster_sight> sight = std::make_shared<cluster_sight>();
    std::vector<caf::actor> running{};
  };

  bool are_all_voters();
  timestamp wall_clock();

  simulated_network network_{world};
  std::mt19937_64 random_;
  uuid history_;
  std::vector<std::unique_ptr<hosted>> nodes_;
  std::vector<caf::actor> subscribers_;
};

} // namespace aiex::testing
