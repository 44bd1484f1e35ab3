#include "simulate/cluster/cluster_rules.hpp"

#include "simulate/cluster/rules/bounded.hpp"
#include "simulate/cluster/rules/commit_of_current_term.hpp"
#include "simulate/cluster/rules/committed_for_ever.hpp"
#include "simulate/cluster/rules/leader_completeness.hpp"
#include "simulate/cluster/rules/state_machine_safety.hpp"

namespace aiex::test {

void cluster_rules::started(const simulated_node& node) {
  reads_.starts(node);
  seen_committed_[node.number()] = 0;
  commits(node, true);
  if (node.applied().index <= agreed_.size())
    state_machine_safety::look(node.applied(), agreed_);
}

void cluster_rules::before_step(const simulated_node& node, const consensus::input& given) {
  if (const auto* read = std::get_if<consensus::read>(&given))
    reads_.begins(node, read->ticket, agreed_);
  const auto& writes = node.core().writes;
  const auto* written = std::get_if<consensus::written>(&given);
  if (written != nullptr && writes.under_way && writes.under_way->number == written->number)
    entries_.look(writes.under_way->entries);
}

void cluster_rules::stepped(const simulated_node& node, const consensus::outputs& out) {
  if (out.failure)
    throw broken_rule{"no_contradiction", out.failure->message};
  if (out.write && out.write->cut_from)
    acknowledged_.look_at_cut(node, *out.write->cut_from);
  commits(node, false);
  if (node.core().is_leader() && elections_.look(node)) {
    vote_durable::look(node);
    leader_completeness::look(node, agreed_);
  }
  for (const consensus::message& each : out.messages)
    leaves(node, each);
  if (node.core().is_leader())
    acknowledged_.look_at_leader(node);
  for (const consensus::read_state& each : out.reads_done)
    reads_.look(node, each);
  bounded::look(node.core());
}

void cluster_rules::commits(const simulated_node& node, bool is_start) {
  const consensus::core_state& core = node.core();
  std::uint64_t& known = seen_committed_[node.number()];
  const bool is_first = core.committed > agreed_.size();
  if (is_first && !is_start)
    commit_of_current_term::look(node);
  for (std::uint64_t index = known + 1; index <= core.committed; ++index) {
    if (index > agreed_.size()) {
      const auto bytes = node.entry_at(index);
      if (!bytes)
        throw broken_rule{committed_for_ever::name,
          "entry " + std::to_string(index) + " is committed and not there"};
      agreed_.take({index, core.terms.term_at(index).value_or(0)}, core.term(), *bytes);
    }
    committed_for_ever::look(node, index, agreed_);
  }
  known = core.committed;
}

void cluster_rules::leaves(const simulated_node& node, const consensus::message& leaving) {
  if (const auto* request = std::get_if<consensus::replicate_request>(&leaving.what))
    entries_.look(request->entries);
  vote_durable::look(node, leaving);
  votes_.look(leaving);
  acknowledged_.look(node, find_(leaving.to), leaving, entries_);
  acknowledged_.look_at_vote(node, leaving);
}

void cluster_rules::applied(const chain_end& head) const {
  state_machine_safety::look(head, agreed_);
}

void cluster_rules::projected(const simulated_node& node, const projection_save& save) {
  projections_.look(node, save.record, agreed_);
}

void cluster_rules::ended(const simulated_node& node) const {
  projection_exactly_once::look(read_models{node.disk().models.storage()}, agreed_);
}

void cluster_rules::answered(
  const dispatch_call& call, const command_moment& began, const result<dispatched>& outcome) {
  commands_.answered(call, began, outcome, agreed_);
}

void cluster_rules::answered(
  std::uint64_t client, const append_request& request, const append_result& answer) {
  answers_.look(request, answer, agreed_);
  constexpr std::string_view owner_prefix = "$owner-";
  for (std::size_t i = 0; i < request.parts.size(); ++i)
    if (request.parts[i].stream.starts_with(owner_prefix) && !request.parts[i].events.empty() &&
        !(answer.repeated && request.command)) // else somebody else's may have been the first
      owners_.owns(request.parts[i].stream, answer.parts[i].version, client);
}

} // namespace aiex::test
