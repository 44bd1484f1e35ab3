// What must hold of cores whatever happens, looked at after each step.
#pragma once

#include "support/core_node.hpp"

#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace aiex::test {

struct broken_core_rule : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class core_rules {
public:
  void look(const std::vector<core_node>& nodes, std::size_t at, const consensus::outputs& out) {
    const core_node& node = nodes[at];
    require(!out.failure, "failure", out.failure ? out.failure->message : "");
    log_matching(node, out);
    if (out.role && out.role->now == consensus::role::leader)
      begins_to_lead(node, at);
    commits(nodes, node);
    for (const consensus::message& each : out.messages)
      leaves(nodes, node, at, each);
    for (const consensus::message& each : out.messages)
      asks_for_votes(node, each);
    for (const consensus::read_state& each : out.reads_done)
      if (each.index)
        require(*each.index >= reads_[each.ticket], "reads_are_current",
          "ticket " + std::to_string(each.ticket));
    bounded(node.core);
  }

  /// The same state and input, the same outcome.
  static void same_again(
    consensus::core_state before, const consensus::input& given, const core_node& after) {
    consensus::outputs once;
    consensus::outputs twice;
    consensus::core_state other = before;
    consensus::step(before, given, once);
    consensus::step(other, given, twice);
    require(once.messages == twice.messages && before.last() == other.last() &&
              before.record == other.record && before.role == other.role,
      "deterministic", "two copies went apart");
    require(after.core.record.term >= before.record.term, "deterministic", "the term went back");
  }

  /// What is committed anywhere by now, it must see.
  void read_begins(std::uint64_t ticket) { reads_[ticket] = committed_.size(); }

  std::size_t committed() const { return committed_.size(); }
  std::size_t elections() const { return leader_of_.size(); }

private:
  static void require(bool holds, const char* rule, const std::string& what) {
    if (!holds)
      throw broken_core_rule{std::string{rule} + ": " + what};
  }
  static std::string text(consensus::log_place place) {
    return std::to_string(place.index) + "@" + std::to_string(place.term);
  }

  /// One place, one entry; and one entry before it, so equal places mean equal logs up to there.
  void same_entry(const consensus::entry& each, std::uint64_t term_before) {
    const auto is = std::pair{each.bytes ? *each.bytes : std::string{}, term_before};
    const auto [known, is_new] = entries_.try_emplace({each.place.index, each.place.term}, is);
    require(is_new || known->second == is, "log_matching", text(each.place));
  }
  void log_matching(const core_node& node, const consensus::outputs& out) {
    for (const consensus::message& each : out.messages)
      if (const auto* request = std::get_if<consensus::replicate_request>(&each.what)) {
        std::uint64_t before = request->previous.term;
        for (const consensus::entry& one : request->entries) {
          same_entry(one, before);
          before = one.place.term;
        }
      }
    const auto& log = node.disk().log;
    for (std::size_t i = log.size() - std::min<std::size_t>(log.size(), 8); i < log.size(); ++i)
      same_entry(log[i], i == 0 ? 0 : log[i - 1].place.term);
  }

  void begins_to_lead(const core_node& node, std::size_t at) {
    const std::uint64_t term = node.core.term();
    const auto [known, is_new] = leader_of_.try_emplace(term, at);
    require(is_new || known->second == at, "election_safety", "term " + std::to_string(term));
    for (std::size_t i = 0; i < committed_.size(); ++i)
      if (committed_[i].by_term < term)
        require(node.core.terms.term_at(i + 1) == committed_[i].term, "leader_completeness",
          std::to_string(i + 1) + " at the leader of term " + std::to_string(term));
  }

  void commits(const std::vector<core_node>& nodes, const core_node& node) {
    const consensus::core_state& core = node.core;
    std::uint64_t& known = seen_committed_[core.self()];
    for (std::uint64_t i = std::min(known, core.committed) + 1; i <= core.committed; ++i) {
      const std::uint64_t term = core.terms.term_at(i).value_or(0);
      if (i <= committed_.size()) {
        require(committed_[i - 1].term == term, "committed_once", std::to_string(i));
        continue;
      }
      require(core.is_leader() || stepped_down(core), "committed_once",
        "somebody commits " + std::to_string(i) + " who does not lead");
      committed_.push_back({term, core.term()});
      if (i == core.committed)
        first_commit(nodes, core, i);
    }
    known = core.committed;
    require(core.told_committed <= core.committed, "applied_is_committed", "told too much");
    require(core.told_committed <= node.disk().log.size(), "applied_is_durable", "told too much");
  }
  /// A leader that removes itself leads no more in the step in which it commits that.
  static bool stepped_down(const consensus::core_state& core) {
    return !core.members.current().is_voter(core.self());
  }
  void first_commit(
    const std::vector<core_node>& nodes, const consensus::core_state& core, std::uint64_t index) {
    const std::uint64_t term = core.terms.term_at(index).value_or(0);
    require(term == core.term(), "committed_in_term", std::to_string(index));
    const auto on_disk = core.members.current().reached_by_majority([&](consensus::member_id id) {
      const auto& log = nodes[id.bytes[15] - 1U].disk().log;
      return std::uint64_t{log.size() >= index && log[index - 1].place.term == term ? 1U : 0U};
    });
    require(on_disk == 1, "committed_on_majority", std::to_string(index));
  }

  void leaves(const std::vector<core_node>& nodes, const core_node& node, std::size_t at,
    const consensus::message& what) {
    const auto& record = node.disk().record;
    require(record && record->term >= what.term && record->run == what.run, "term_durable",
      "term " + std::to_string(what.term));
    require(consensus::is_sound(what), "sound", "kind " + std::to_string(what.what.index()));
    if (const auto* vote = std::get_if<consensus::vote_answer>(&what.what); vote && vote->granted) {
      require(record->term > what.term || record->vote == what.to, "vote_durable", "");
      const auto [known, is_new] = votes_.try_emplace({at, what.term}, what.to);
      require(is_new || known->second == what.to, "one_vote", std::to_string(what.term));
    }
    const auto* answer = std::get_if<consensus::replicate_answer>(&what.what);
    if (answer == nullptr || !answer->matches || answer->matched == 0)
      return;
    const auto& log = node.disk().log;
    require(log.size() >= answer->matched, "acknowledged_durable", std::to_string(answer->matched));
    const consensus::core_state& leader = nodes[what.to.bytes[15] - 1U].core;
    if (leader.is_leader() && leader.term() == what.term)
      require(leader.terms.term_at(answer->matched) == log[answer->matched - 1].place.term,
        "acknowledged_checked", std::to_string(answer->matched));
  }

  /// A term begins with a majority that would vote, or because a leader asked for it.
  void asks_for_votes(const core_node& node, const consensus::message& what) {
    if (const auto* answer = std::get_if<consensus::pre_vote_answer>(&what.what))
      if (answer->granted)
        willing_[{what.to, answer->for_term}].insert(what.from);
    const auto* asked = std::get_if<consensus::vote_request>(&what.what);
    if (asked == nullptr || asked->is_transfer)
      return;
    const auto& would = willing_[{what.from, what.term}];
    const auto counted = node.core.members.current().count([&](consensus::member_id id) {
      return std::optional{id == what.from || would.contains(id)};
    });
    require(node.core.term() != what.term || counted == consensus::tally::won,
      "term_needs_pre_vote", "term " + std::to_string(what.term));
  }

  static void bounded(const consensus::core_state& core) {
    using namespace consensus::limits;
    require(core.writes.waiting.size() <= waiting_answers, "bounded", "waiting answers");
    require(!core.leading || core.leading->reads.size() <= reads_waiting, "bounded", "reads");
    require(!core.leading || core.leading->uncommitted.size() <= uncommitted_entries + 2, "bounded",
      "uncommitted entries");
    if (core.leading)
      for (const auto& each : core.leading->peers) {
        require(each.second.window.size() <= requests_in_flight, "bounded", "a window");
        require(each.second.match < each.second.next, "bounded", "match and next");
      }
  }

  struct agreed {
    std::uint64_t term = 0;
    std::uint64_t by_term = 0; ///< Of the leader that first committed it.
  };
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::pair<std::string, std::uint64_t>> entries_;
  std::map<std::uint64_t, std::size_t> leader_of_;
  std::map<std::pair<std::size_t, std::uint64_t>, consensus::member_id> votes_;
  std::map<consensus::member_id, std::uint64_t> seen_committed_;
  std::map<std::uint64_t, std::uint64_t> reads_;
  std::map<std::pair<consensus::member_id, std::uint64_t>, std::set<consensus::member_id>> willing_;
  std::vector<agreed> committed_{{1, 0}}; ///< The configuration all began with.
};

} // namespace aiex::test
