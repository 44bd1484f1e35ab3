// Cores on a stage: nothing happens but what a schedule orders, and all that happens is told.
//
// A message is told when it leaves; it then waits until the schedule lets it arrive, in any order,
// or lets it be lost. A write is told when it begins; where the disk is slow the schedule says when
// it is done, elsewhere that is at once. core_rules look at each step.
#pragma once

#include "support/consensus_words.hpp"
#include "support/core_net.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace aiex::test {

class core_stage {
public:
  /// All have begun, and have heard of nobody for an election time-out. Of that nothing is told.
  explicit core_stage(const std::vector<core_disk>& disks)
      : net_({.is_instant = false}, 1, disks), size_(disks.size()) {
    is_up_.assign(size_, true);
    told_write_.assign(size_, 0);
    for (std::size_t at = 0; at < size_; ++at)
      wait_for_time_out(at);
    net_.watches = [this](std::size_t at, const consensus::outputs& out) { watch(at, out); };
    trace_.clear();
  }
  core_stage(const core_stage&) = delete;
  core_stage& operator=(const core_stage&) = delete;

  static std::string name(std::size_t at) { return "n" + std::to_string(at + 1); }
  static std::size_t number(consensus::member_id id) { return id.bytes[15] - 1U; }

  /// What was told since the last call.
  std::vector<std::string> take_trace() { return std::exchange(trace_, {}); }

  // what is told, and where
  std::set<std::string> hidden_kinds{}; ///< Of messages.
  std::set<std::size_t> hidden_nodes{}; ///< And what is said to them.
  std::set<std::size_t> slow_disks{};

  // time
  void tick(std::size_t at, std::uint64_t random = 1) { input(at, consensus::tick{random}); }
  /// Until it would vote for another, and would campaign if chance said so.
  void wait_for_time_out(std::size_t at) {
    while (core(at).quiet_ticks < time_out(at) || core(at).ticks_since_start < time_out(at))
      tick(at);
  }
  void campaign(std::size_t at) {
    while (core(at).quiet_ticks + 1 < time_out(at))
      tick(at);
    tick(at, 0);
  }

  /// Its election, as far as it goes if nobody but `peers` hears of it.
  void campaign_among(std::size_t at, const std::vector<std::size_t>& peers) {
    campaign(at);
    auto& all = net_.under_way();
    const auto is_election = [](const consensus::message& each) {
      return each.is<consensus::pre_vote_request>() || each.is<consensus::pre_vote_answer>() ||
             each.is<consensus::vote_request>() || each.is<consensus::vote_answer>();
    };
    const auto is_among = [&](const consensus::message& each) {
      return std::ranges::count(peers, number(each.from)) +
               std::ranges::count(peers, number(each.to)) >
             0;
    };
    std::erase_if(all, [&](auto& each) { return is_election(each) && !is_among(each); });
    for (auto next = all.begin(); (next = std::ranges::find_if(all, is_election)) != all.end();) {
      deliver(number(next->from), number(next->to), consensus_words::kind_of(next->what));
      std::erase_if(all, [&](auto& each) { return is_election(each) && !is_among(each); });
    }
  }
  /// Is elected and commits its first entry, and everybody hears of it. Of that nothing is told.
  void lead(std::size_t at) {
    campaign(at);
    deliver_all();
    trace_.clear();
  }

  // the net
  /// The first message of that kind, or the last one; any kind if `kind` is empty. False: there is
  /// none.
  bool deliver(std::size_t from, std::size_t to, const std::string& kind, bool is_last = false) {
    const auto found = find(from, to, kind, is_last);
    if (found == net_.under_way().end())
      return false;
    const consensus::message what = std::move(*found);
    net_.under_way().erase(found);
    input(to, consensus::received{through_codec(what)});
    return true;
  }
  bool lose(std::size_t from, std::size_t to, const std::string& kind, bool is_last = false) {
    const auto found = find(from, to, kind, is_last);
    if (found == net_.under_way().end())
      return false;
    net_.under_way().erase(found);
    return true;
  }
  /// In the order in which it was sent, and all that is said about it.
  void deliver_all() {
    for (std::size_t limit = 0; limit < 10'000 && !net_.under_way().empty(); ++limit) {
      const consensus::message& next = net_.under_way().front();
      deliver(number(next.from), number(next.to), {});
    }
  }
  void lose_all() { net_.under_way().clear(); }
  std::size_t under_way(std::size_t from, std::size_t to, const std::string& kind) {
    return static_cast<std::size_t>(std::ranges::count_if(net_.under_way(),
      [&](const consensus::message& each) { return is_such(each, from, to, kind); }));
  }
  /// Those of different sides no longer hear each other; what is under way between them is lost.
  void part(const std::vector<std::set<std::size_t>>& sides) {
    cut_.clear();
    for (const auto& here : sides)
      for (const auto& there : sides)
        for (const std::size_t from : here)
          for (const std::size_t to : there)
            if (&here != &there)
              cut_.insert({from, to});
    std::erase_if(net_.under_way(), [this](const auto& each) { return is_cut(each); });
  }

  // disks and power
  bool finish_write(std::size_t at) {
    bool is_done = false;
    run([&] { is_done = net_.finish_write(at); });
    return is_done;
  }
  /// Nothing of the write under way is done. What is under way to it may arrive when it is back.
  void crash(std::size_t at) {
    net_.crash(at);
    is_up_[at] = false;
    told_write_[at] = 0;
  }
  void start(std::size_t at) {
    net_.start(at);
    is_up_[at] = true;
    tick(at);
  }
  void rot(std::size_t at, std::uint64_t index) { net_.node(at).rot(index); }

  // what clients and operators ask
  void input(std::size_t at, const consensus::input& given) {
    run([&] { net_.input(at, given); });
  }
  void propose(std::size_t at) {
    run([&] { net_.propose(at); });
  }
  void read(std::size_t at) {
    net_.rules().read_begins(++tickets_);
    input(at, consensus::read{tickets_});
  }
  void change(std::size_t at, consensus::member_change::act what, std::size_t who) {
    input(at,
      consensus::change{++tickets_, {what, {.id = member_of(static_cast<std::uint8_t>(who + 1))}}});
  }

  std::size_t size() const { return size_; }
  bool is_up(std::size_t at) const { return is_up_[at]; }
  const consensus::core_state& core(std::size_t at) { return net_.node(at).core; }
  const core_disk& disk(std::size_t at) { return net_.node(at).disk(); }
  std::string in_words(const consensus::configuration& members) const { return words_.of(members); }

private:
  std::uint32_t time_out(std::size_t at) { return core(at).options.election_ticks; }

  bool is_such(const consensus::message& each, std::size_t from, std::size_t to,
    const std::string& kind) const {
    return number(each.from) == from && number(each.to) == to &&
           (kind.empty() || kind == consensus_words::kind_of(each.what));
  }
  std::vector<consensus::message>::iterator find(
    std::size_t from, std::size_t to, const std::string& kind, bool is_last) {
    auto& all = net_.under_way();
    auto found = all.end();
    for (auto at = all.begin(); at != all.end(); ++at)
      if (is_such(*at, from, to, kind) && (found == all.end() || is_last))
        found = at;
    return found;
  }

  bool is_cut(const consensus::message& what) const {
    return cut_.contains({number(what.from), number(what.to)});
  }
  bool is_lost(const consensus::message& what) const {
    return is_cut(what) || number(what.to) >= size_ || !is_up_[number(what.to)];
  }
  /// And disks that are not slow write, until nothing happens any more.
  template <class Happens>
  void run(const Happens& happens) {
    auto& all = net_.under_way();
    const auto known = static_cast<std::ptrdiff_t>(all.size());
    happens();
    for (bool is_busy = true; std::exchange(is_busy, false);)
      for (std::size_t at = 0; at < size_; ++at)
        if (!slow_disks.contains(at))
          is_busy |= net_.finish_write(at);
    all.erase(std::remove_if(all.begin() + known, all.end(),
                [this](const consensus::message& each) { return is_lost(each); }),
      all.end());
  }

  void watch(std::size_t at, const consensus::outputs& out) {
    if (hidden_nodes.contains(at))
      return;
    if (out.role)
      line(at, words_.of(*out.role));
    const auto& write = net_.node(at).under_way;
    if (write && write->number > std::exchange(told_write_[at], write->number))
      line(at, "writes " + words_.of(*write));
    words_.tell(out, [&](const std::string& fact) { line(at, fact); });
    for (const consensus::message& each : out.messages)
      if (!is_hidden(each))
        line(at, fmt::format("-> {}  {}{}", name(number(each.to)), words_.of(each),
                   is_lost(each) ? " (lost)" : ""));
  }
  bool is_hidden(const consensus::message& what) const {
    return hidden_kinds.contains(consensus_words::kind_of(what.what)) ||
           hidden_nodes.contains(number(what.to));
  }
  void line(std::size_t at, const std::string& what) { trace_.push_back(name(at) + " " + what); }

  core_net net_;
  std::size_t size_;
  std::vector<bool> is_up_;
  std::vector<std::uint64_t> told_write_;
  std::set<std::pair<std::size_t, std::size_t>> cut_;
  std::vector<std::string> trace_;
  std::uint64_t tickets_ = 0;
  consensus_words words_{[](consensus::member_id id) { return name(number(id)); }};
};

} // namespace aiex::test
