// A cluster in one thread: machines, the network between them, clients, whoever runs it, and what
// goes wrong. All of it follows from `world_options`.
#pragma once

#include "simulate/cluster/cluster_rules.hpp"
#include "simulate/cluster/cluster_trace.hpp"
#include "simulate/cluster/session_host.hpp"
#include "simulate/cluster/simulated_client.hpp"
#include "simulate/cluster/simulated_machine.hpp"
#include "simulate/cluster/world_options.hpp"
#include "simulate/cluster/world_totals.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace aiex::test {

class cluster_world {
public:
  explicit cluster_world(const world_options& options, std::optional<planted_fault> planted = {});
  cluster_world(const cluster_world&) = delete;
  cluster_world& operator=(const cluster_world&) = delete;

  /// With all that goes wrong. Throws broken_rule.
  void run_for(virtual_us span);
  /// Heals everything, and waits until the cluster is as if nothing had happened. Throws
  /// broken_rule.
  void settle();
  /// One who was cut off for long comes back to a cluster with a leader. Throws broken_rule.
  void rejoin();
  /// What clients noted, and the states of all nodes. Throws broken_rule.
  void compare();

  world_totals totals() const;

  // for whoever makes things go wrong, or runs the cluster
  virtual_time time;
  chance dice;
  cluster_trace trace;
  simulated_network network;
  std::vector<simulated_machine> machines;

  const world_options& options() const noexcept { return options_; }
  cluster_rules& rules() noexcept { return rules_; }
  void crash(node_number at, bool is_power_lost);
  void start(node_number at);
  /// An empty store under the same name. It waits to be joined.
  void replace(node_number at);
  simulated_machine* leader();
  simulated_machine* machine_of(consensus::member_id id);
  /// Whether the machine may lose something for good: lost, damaged and absent voters together are
  /// a minority then, too.
  bool may_lose(node_number at);
  /// The same of all that it has, its place in the cluster included: not while a change of members
  /// is neither committed nor cut. A learner that has an entry of a later leader than the one who
  /// made it a voter would not vote, and could not lead (see docs/reliability.md).
  bool may_be_gone(node_number at);
  /// Whether lost, damaged and absent voters, and `without`, are a minority of these members.
  bool can_go_on(const consensus::configuration& with, consensus::member_id without = {});

private:
  void add_machine(node_number at, std::size_t voters);
  void make_node(simulated_machine& machine);
  node_surroundings surroundings_of(node_number at);
  void send(const consensus::message& what);
  session_surroundings surroundings_of_hosts();
  void read_page(const query& asked, session_surroundings::page_answer answer);
  void compare_sessions();
  void ask(const client_call& call, simulated_client::answer_to answer);
  std::string unsettled(); ///< What is still missing.
  bool is_impaired(consensus::member_id id);

  world_options options_;
  std::optional<planted_fault> planted_;
  cluster_rules rules_;
  history seen_;
  std::vector<std::unique_ptr<simulated_client>> clients_;
  std::vector<std::unique_ptr<session_host>> hosts_;
  std::vector<dispatch_call> done_commands_; // of all hosts
  /// By index and term.
  std::map<std::pair<std::uint64_t, std::uint64_t>, consensus::configuration> sent_members_{};
  world_totals counted_{};
};

/// What became of a world.
struct world_outcome {
  world_totals totals{};
  std::string rule{}; ///< That was broken; empty: all is well.
  std::string what{};
};

/// All of it: what goes wrong, healing, one who comes back, and what there is in the end.
world_outcome run(cluster_world& world);

} // namespace aiex::test
