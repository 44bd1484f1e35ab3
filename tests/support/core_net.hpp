// Cores with disks, and the net between them: messages are lost, doubled, late and out of order,
// links are cut, nodes crash between any two disk operations and lose exactly what was not synced.
// Everything is decided by a seed, and core_rules look at each step.
#pragma once

#include "support/core_rules.hpp"
#include "support/message_trip.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <utility>
#include <vector>

namespace aiex::test {

struct net_options {
  std::uint8_t voters = 3;
  std::uint8_t joiners = 0;
  bool is_instant = false; ///< Else a write is done when the dice say so.
  bool changes_members = false;
  bool crashes = true;
  bool fills_disks = false;
  std::uint32_t lost_percent = 10;
};

class core_net {
public:
  core_net(const net_options& options, std::uint64_t seed)
      : core_net(options, seed, new_disks(options)) {}

  /// A node for each of the disks, which are what they will.
  core_net(const net_options& options, std::uint64_t seed, const std::vector<core_disk>& disks)
      : options_(options), random_(seed) {
    for (const core_disk& each : disks)
      nodes_.emplace_back(static_cast<std::uint8_t>(nodes_.size() + 1), each, net_core_options());
    for (core_node& each : nodes_)
      each.is_instant = false;
    is_up_.assign(nodes_.size(), true);
  }

  /// Of voters that have been told so, and of joiners that know nobody.
  static std::vector<core_disk> new_disks(const net_options& options) {
    std::vector<core_disk> made(options.voters, disk_of({1}, 1, members_of(options.voters)));
    core_disk joiner;
    joiner.record = consensus::term_record{.joins = true};
    made.insert(made.end(), options.joiners, joiner);
    return made;
  }

  /// Something happens somewhere.
  void random_step() {
    const std::size_t at = below(nodes_.size());
    const std::uint64_t dice = below(1'000) / 10;
    if (!is_up_[at] && below(16) == 0)
      start(at);
    if (dice < 25)
      tick(at);
    else if (dice < 75)
      deliver_any();
    else if (dice < 86)
      finish_write(at, options_.fills_disks && below(8) == 0);
    else if (dice < 92)
      propose(at);
    else if (dice < 94)
      begin_read(at);
    else if (dice < 95)
      input(
        at, consensus::transfer{member_of(static_cast<std::uint8_t>(1 + below(nodes_.size())))});
    else if (dice < 96)
      change(at);
    else if (dice < 97)
      crash_some(at);
    else if (dice < 98)
      cut_links();
    else
      deliver_any();
  }

  /// No faults any more: until everybody knows everything, or `rounds` are over.
  bool settle(std::size_t rounds = 400) {
    cut_.clear();
    for (std::size_t i = 0; i < nodes_.size(); ++i)
      start(i);
    for (std::size_t round = 0; round < rounds; ++round) {
      calm_round();
      if (round % 10 == 9 && is_settled())
        return true;
    }
    return false;
  }

  /// Every node ticks once, and all that is said is heard, in order.
  void calm_round() {
    for (std::size_t i = 0; i < nodes_.size(); ++i)
      tick(i);
    deliver_all();
  }

  void deliver_all() {
    for (std::size_t limit = 0; limit < 20'000; ++limit) {
      bool is_busy = false;
      for (std::size_t i = 0; i < nodes_.size(); ++i)
        is_busy |= finish_write(i);
      if (!under_way_.empty()) {
        consensus::message next = std::move(under_way_.front());
        under_way_.erase(under_way_.begin());
        arrive(next);
        is_busy = true;
      }
      if (!is_busy)
        return;
    }
  }

  /// There is a leader, and it and all its members have committed all there is.
  bool is_settled() {
    const auto leads = leader();
    if (!leads)
      return false;
    const consensus::core_state& core = nodes_[*leads].core;
    if (!core.leading->ready || core.committed != core.last().index)
      return false;
    return std::ranges::all_of(core.members.current().members, [&](const consensus::member& each) {
      const core_node& node = nodes_[number_of(each.id)];
      return node.core.committed == core.committed && node.core.told_committed == core.committed;
    });
  }

  /// The leader of the greatest term, if any.
  std::optional<std::size_t> leader() const {
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < nodes_.size(); ++i)
      if (is_up_[i] && nodes_[i].core.is_leader() &&
          (!found || nodes_[i].core.term() > nodes_[*found].core.term()))
        found = i;
    return found;
  }

  /// All have heard of nobody for a time-out, and `at` is the first to notice.
  void elect(std::size_t at) {
    for (int tries = 0; tries < 3 && !nodes_[at].core.is_leader(); ++tries) {
      for (std::uint32_t i = 0; i < time_out; ++i)
        for (std::size_t each = 0; each < nodes_.size(); ++each)
          if (each == at || !is_impatient(nodes_[each].core))
            input(each, consensus::tick{each == at ? 0U : 1U});
      deliver_all();
    }
  }

  void tick(std::size_t at) { input(at, consensus::tick{random_()}); }
  void propose(std::size_t at) {
    if (!nodes_[at].core.is_leader())
      return;
    consensus::entry next = nodes_[at].next_entry();
    next.bytes = std::make_shared<const std::string>(std::to_string(++ids_));
    input(at, consensus::proposal{std::move(next)});
  }
  void input(std::size_t at, const consensus::input& given) {
    if (!is_up_[at])
      return;
    core_node& node = nodes_[at];
    const bool looks_twice = ++steps_ % 64 == 0;
    const consensus::core_state before = looks_twice ? node.core : consensus::core_state{};
    consensus::outputs out = node.step(given);
    if (looks_twice)
      rules_.same_again(before, given, node);
    take(at, out);
    if (options_.is_instant)
      finish_write(at);
  }
  bool finish_write(std::size_t at, bool is_full = false) {
    if (!is_up_[at] || !nodes_[at].under_way)
      return false;
    consensus::outputs out;
    is_full ? nodes_[at].refuse_one_write(out) : nodes_[at].finish_one_write(out);
    take(at, out);
    return true;
  }
  /// Of the write under way `parts` operations were done: record, cut, each entry.
  void crash(std::size_t at, std::size_t parts = 0) {
    nodes_[at].lose_power(parts);
    is_up_[at] = false;
  }
  void start(std::size_t at) {
    if (!is_up_[at])
      nodes_[at].start();
    is_up_[at] = true;
  }
  void plant(const planted_core_fault& fault) {
    for (core_node& each : nodes_)
      each.fault = &fault;
  }
  void cut(std::size_t from, std::size_t to) { cut_.insert({from, to}); }
  void partition(std::size_t at) { // alone from all others
    for (std::size_t i = 0; i < nodes_.size(); ++i)
      if (i != at) {
        cut({at}, i);
        cut(i, at);
      }
  }
  void heal() { cut_.clear(); }

  /// Of steps that a test makes by itself.
  void take_outputs(std::size_t at, consensus::outputs& out) { take(at, out); }
  std::vector<consensus::change_outcome> changes_done_in_calm_round(std::size_t at) {
    changes_done_.clear();
    calm_round();
    return changes_done_[at];
  }

  core_node& node(std::size_t at) { return nodes_[at]; }
  std::vector<consensus::message>& under_way() { return under_way_; }
  core_rules& rules() { return rules_; }

  /// Hears what each step of each node said.
  std::function<void(std::size_t, const consensus::outputs&)> watches;

private:
  static constexpr std::uint32_t time_out = 10;
  static consensus::core_options net_core_options() { return {.election_ticks = time_out}; }
  /// Would vote now, and campaign soon.
  static bool is_impatient(const consensus::core_state& core) {
    return !core.is_leader() && core.quiet_ticks >= time_out && core.ticks_since_start >= time_out;
  }
  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  static std::size_t number_of(consensus::member_id id) { return id.bytes[15] - 1U; }

  void take(std::size_t at, consensus::outputs& out) {
    rules_.look(nodes_, at, out);
    if (watches)
      watches(at, out);
    for (const consensus::change_outcome& each : out.changes_done)
      changes_done_[at].push_back(each);
    for (consensus::message& each : out.messages)
      under_way_.push_back(std::move(each));
    for (const consensus::read_job& job : out.reads)
      input(at, nodes_[at].read_of(job));
    for (const consensus::repair_job& job : out.repairs)
      input(at, nodes_[at].repair(job));
  }
  void arrive(const consensus::message& what) {
    const std::size_t from = number_of(what.from);
    const std::size_t to = number_of(what.to);
    consensus::message heard = through_codec(what);
    if (to < nodes_.size() && !cut_.contains({from, to}))
      input(to, consensus::received{std::move(heard)});
  }
  void deliver_any() {
    if (under_way_.empty())
      return;
    if (under_way_.size() > 300) // a net that is too slow loses
      under_way_.erase(under_way_.begin(), under_way_.begin() + 100);
    // Mostly about in order, at times from anywhere.
    const std::size_t at =
      below(below(4) == 0 ? under_way_.size() : std::min<std::size_t>(under_way_.size(), 3));
    const consensus::message what = under_way_[at];
    if (below(20) != 0) // else it comes again
      under_way_.erase(under_way_.begin() + static_cast<std::ptrdiff_t>(at));
    if (below(100) >= options_.lost_percent)
      arrive(what);
  }
  void change(std::size_t at) {
    if (!options_.changes_members)
      return;
    const auto who = static_cast<std::uint8_t>(1 + below(nodes_.size()));
    using act = consensus::member_change::act;
    const act what =
      std::array{act::add_learner, act::promote, act::promote, act::demote, act::remove}[below(5)];
    input(at, consensus::change{++tickets_, {what, {.id = member_of(who)}}});
  }
  void crash_some(std::size_t at) {
    if (options_.crashes && is_up_[at] && below(2) == 0)
      crash(at, below(4));
  }
  void cut_links() {
    if (below(3) > 0)
      return heal();
    const std::size_t at = below(nodes_.size());
    if (below(2) == 0)
      partition(at);
    else
      cut(at, below(nodes_.size()));
  }
  void begin_read(std::size_t at) {
    if (!is_up_[at])
      return;
    rules_.read_begins(++tickets_);
    input(at, consensus::read{tickets_});
  }

  net_options options_;
  std::mt19937_64 random_;
  std::vector<core_node> nodes_;
  std::vector<bool> is_up_;
  std::vector<consensus::message> under_way_;
  std::set<std::pair<std::size_t, std::size_t>> cut_;
  std::map<std::size_t, std::vector<consensus::change_outcome>> changes_done_;
  core_rules rules_;
  std::uint64_t ids_ = 0;
  std::uint64_t tickets_ = 0;
  std::uint64_t steps_ = 0;
};

} // namespace aiex::test
