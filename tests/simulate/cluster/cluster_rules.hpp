// What must hold of a cluster whatever happens, looked at after every step of any node. Each rule
// is a file of its own in `rules`; a broken one is thrown.
#pragma once

#include "simulate/cluster/agreed_log.hpp"
#include "simulate/cluster/rules/acknowledged_for_ever.hpp"
#include "simulate/cluster/rules/durable_before_answer.hpp"
#include "simulate/cluster/rules/election_safety.hpp"
#include "simulate/cluster/rules/log_matching.hpp"
#include "simulate/cluster/rules/owner_of_epoch.hpp"
#include "simulate/cluster/rules/projection_exactly_once.hpp"
#include "simulate/cluster/rules/reads_are_current.hpp"
#include "simulate/cluster/rules/session_commands.hpp"

#include <functional>
#include <map>

namespace aiex::test {

class cluster_rules {
public:
  /// Who runs under an id now; null: nobody.
  using finder = std::function<const simulated_node*(consensus::member_id)>;

  explicit cluster_rules(finder find) : find_(std::move(find)) {}

  void started(const simulated_node& node);
  void before_step(const simulated_node& node, const consensus::input& given);
  void stepped(const simulated_node& node, const consensus::outputs& out);
  void applied(const chain_end& head) const;
  void projected(const simulated_node& node, const projection_save& save);
  void ended(const simulated_node& node) const;
  void ended() const { commands_.look(agreed_); }
  command_moment begins(const dispatch_call& call) { return commands_.begins(call, agreed_); }
  void answered(
    const dispatch_call& call, const command_moment& began, const result<dispatched>& outcome);
  void answered(std::uint64_t client, const append_request& request, const append_result& answer);

  const agreed_log& agreed() const noexcept { return agreed_; }
  std::size_t elections() const noexcept { return elections_.elections(); }

private:
  void commits(const simulated_node& node, bool is_start);
  void leaves(const simulated_node& node, const consensus::message& leaving);

  finder find_;
  agreed_log agreed_;
  election_safety elections_;
  log_matching entries_;
  one_vote votes_;
  acknowledged_is_there acknowledged_;
  acknowledged_for_ever answers_;
  owner_of_epoch owners_;
  reads_are_current reads_;
  projection_exactly_once projections_;
  session_commands commands_;
  std::map<node_number, std::uint64_t> seen_committed_;
};

} // namespace aiex::test
