#pragma once

#include "simulate/cluster/rules/broken_rule.hpp"
#include "simulate/cluster/rules/log_matching.hpp"
#include "simulate/cluster/simulated_node.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace aiex::test {

/// Term and vote are on the disk before a message rests on them (thesis, section 3.8).
struct vote_durable {
  static constexpr std::string_view name = "vote_durable";

  static void look(const simulated_node& node, const consensus::message& leaving) {
    const auto& record = node.disk().record;
    if (!record || record->term < leaving.term || record->run != leaving.run)
      throw broken_rule{name,
        "a message of term " + std::to_string(leaving.term) + " leaves before the term is durable"};
    const auto* vote = std::get_if<consensus::vote_answer>(&leaving.what);
    if (vote != nullptr && vote->granted && record->term == leaving.term &&
        record->vote != leaving.to)
      throw broken_rule{name,
        "a vote in term " + std::to_string(leaving.term) + " is answered before it is durable"};
  }
  static void look(const simulated_node& leader) {
    const auto& record = leader.disk().record;
    const bool is_alone = !leader.core().record_is_stored;
    if (!is_alone && (!record || record->term < leader.core().term()))
      throw broken_rule{name, "a leader's vote for itself in term " +
                                std::to_string(leader.core().term()) + " is not durable"};
  }
};

/// A member votes once in a term, whatever becomes of it meanwhile.
class one_vote {
public:
  static constexpr std::string_view name = "one_vote";

  void look(const consensus::message& leaving) {
    if (const auto* vote = std::get_if<consensus::vote_answer>(&leaving.what);
        vote != nullptr && vote->granted)
      votes(leaving.from, leaving.term, leaving.to);
    else if (leaving.is<consensus::vote_request>())
      votes(leaving.from, leaving.term, leaving.from);
  }

private:
  void votes(consensus::member_id who, std::uint64_t term, consensus::member_id candidate) {
    const auto [known, is_new] = given_.try_emplace({who, term}, candidate);
    if (!is_new && known->second != candidate)
      throw broken_rule{name, "a member votes twice in term " + std::to_string(term)};
  }

  std::map<std::pair<consensus::member_id, std::uint64_t>, consensus::member_id> given_;
};

/// What is acknowledged is on the disk, and it is what the leader has: exactly what was compared.
class acknowledged_is_there {
public:
  static constexpr std::string_view name = "acknowledged_is_there";

  void look(const simulated_node& node, const simulated_node* leader,
    const consensus::message& leaving, const log_matching& entries) {
    const auto* answer = std::get_if<consensus::replicate_answer>(&leaving.what);
    if (answer == nullptr || !answer->matches || answer->matched == 0)
      return;
    const std::uint64_t index = answer->matched;
    std::uint64_t& said = in_life_[{node.id(), leaving.term, leaving.run}];
    said = std::max(said, index);
    const auto term = node.core().terms.term_at(index);
    consensus::log_place& most = most_[node.id()];
    const consensus::log_place place{index, term.value_or(0)};
    if (place == most)
      return;
    const auto there = node.disk().written(index);
    if (!there)
      throw broken_rule{name, "entry " + std::to_string(index) + " is acknowledged, not on disk"};
    if (term && !entries.is_known(place, *there))
      throw broken_rule{name, "entry " + std::to_string(index) + " on disk is another one"};
    if (leader != nullptr && leader->leads() && leader->core().term() == leaving.term && term &&
        leader->core().terms.term_at(index) != term)
      throw broken_rule{name, "entry " + std::to_string(index) +
                                " is acknowledged, but the leader has another one there"};
    if (is_as_new(place, most))
      most = place;
  }

  /// A later leader has something else there: what was acknowledged was never committed.
  void look_at_cut(const simulated_node& node, std::uint64_t from) {
    consensus::log_place& most = most_[node.id()];
    if (most.index >= from)
      most = {from - 1, node.core().terms.term_at(from - 1).value_or(0)};
  }

  /// Who votes has in its log all that it ever acknowledged, or something newer.
  void look_at_vote(const simulated_node& node, const consensus::message& leaving) const {
    const auto* vote = std::get_if<consensus::vote_answer>(&leaving.what);
    const auto most = most_.find(node.id());
    if (vote == nullptr || !vote->granted || most == most_.end())
      return;
    if (!is_as_new(node.core().last(), most->second))
      throw broken_rule{"voter_remembers", "a member votes in term " +
                                             std::to_string(leaving.term) +
                                             " that has lost what it acknowledged"};
  }

  /// A leader takes for acknowledged what was, in this term and in the peer's present life.
  void look_at_leader(const simulated_node& leader) const {
    for (const auto& [id, peer] : leader.core().leading->peers) {
      const auto said = in_life_.find({id, leader.core().term(), peer.run});
      if (peer.match > (said == in_life_.end() ? 0 : said->second))
        throw broken_rule{"match_was_acknowledged",
          "the leader of term " + std::to_string(leader.core().term()) + " counts entry " +
            std::to_string(peer.match) + ", which its peer has not acknowledged"};
    }
  }

private:
  std::map<consensus::member_id, consensus::log_place> most_;
  using life_in_term = std::tuple<consensus::member_id, std::uint64_t, std::uint64_t>;
  std::map<life_in_term, std::uint64_t> in_life_;
};

} // namespace aiex::test
