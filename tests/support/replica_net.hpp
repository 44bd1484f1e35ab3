// Replicas on media in memory and the net between them: the first is a store alone, the others wait
// to join it. A disk fails at a chosen operation, and whoever's fails starts again from what is
// left.
#pragma once

#include "aiex/persistence/store/recovery.hpp"
#include "aiex/persistence/store/replica.hpp"
#include "aiex/persistence/store/state_digest.hpp"

#include "support/consensus_entries.hpp"
#include "support/memory_store.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace aiex::test {

/// At which write or sync of a log or a term record a disk fails, counted from 1; 0: never. What it
/// was about is then there (`kept`) or not.
struct disk_fault {
  std::size_t at = 0;
  bool kept = false;
};

/// One node's media, which outlive its starts.
struct replica_node {
  memory_media media;
  disk_fault fault;
  std::size_t operations = 0;
  std::optional<replica> it;

  consensus::core_options options(std::uint8_t number) const {
    return {.self = member_of(number), .history = history_of_test};
  }

  store_media failing_media() {
    store_media made = media.media();
    made.log.sync = [this, sync = made.log.sync] {
      if (++operations == fault.at)
        media.log.fail_next_sync(fault.kept);
      return sync();
    };
    made.log.replace = [this, replace = made.log.replace](const log_record& record) {
      if (++operations == fault.at)
        media.log.fail_next_replace();
      return replace(record);
    };
    made.term.write = [this, write = made.term.write](const consensus::term_record& record) {
      if (++operations == fault.at)
        media.term.fail_next_write(fault.kept);
      return write(record);
    };
    return made;
  }

  result<void> start(std::uint8_t number) {
    auto opened = replica::open(failing_media(), options(number));
    if (!opened)
      return tl::unexpected(std::move(opened.error()));
    it.emplace(std::move(*opened));
    return {};
  }
  void stop() {
    it.reset();
    media.log.crash();
    media.state.crash();
    media.term.crash();
  }
};

/// An event behind where the replica ends.
inline consensus::entry next_event(const replica& at, std::uint64_t id, std::size_t events = 1) {
  const auto end = at.end();
  REQUIRE(end);
  const entry_header header{.index = end->index + 1,
    .term = at.core().term(),
    .recorded_at = {},
    .first_position = end->position.next(),
    .previous = end->chain};
  entry_builder builder{header};
  sha256 hash;
  const std::string stream = "s-" + std::to_string(id);
  for (std::size_t i = 1; i <= events; ++i) {
    const event given{.id = id_of(1'000 * id + i), .type = "t", .data = "{}"};
    const digest content = content_digest(hash, stream, given.type, given.data, given.metadata);
    builder.add(given,
      {.stream = stream, .version = i, .content = content, .correlation_id = "c", .node = "n"});
  }
  return whole(std::make_shared<const std::string>(builder.finish(end->recorded_at)));
}

inline void settle(replica& at) {
  while (at.has_work())
    at.work(at_us(1));
}

/// Proposes an event and does the work: whether it is applied.
inline bool put_event(replica& at, std::uint64_t id, std::size_t events = 1) {
  const consensus::entry next = next_event(at, id, events);
  at.propose(next, {}, at_us(1));
  settle(at);
  return at.applied().index == next.place.index;
}

/// All records of a log.
inline std::vector<std::string> bytes_of(const memory_log& log) {
  std::vector<std::string> all;
  REQUIRE(log.storage().read(1, direction::ascending, [&](const log_record& record) {
    all.emplace_back(record.bytes);
    return true;
  }));
  return all;
}

class replica_net {
public:
  explicit replica_net(std::size_t nodes) : nodes_(nodes) {
    for (std::size_t i = 1; i < nodes; ++i)
      REQUIRE(nodes_[i].media.term.storage().write({.joins = true}));
    for (std::size_t i = 0; i < nodes; ++i)
      REQUIRE(start(i));
  }

  result<void> start(std::size_t at) { return nodes_[at].start(static_cast<std::uint8_t>(at + 1)); }
  void stop(std::size_t at) { nodes_[at].stop(); }
  replica_node& node(std::size_t at) { return nodes_[at]; }
  replica& on(std::size_t at) { return *nodes_[at].it; }

  /// The node says what it has to say, does what it has to do, and starts again if its disk failed.
  void serve(std::size_t at) {
    replica_node& node = nodes_[at];
    if (!node.it || paused.contains(at))
      return;
    listen(at);
    while (node.it->has_work()) {
      node.it->work(at_us(1));
      listen(at);
    }
    if (node.it->failure()) {
      REQUIRE(node.it->failure()->code == errc::io);
      ++restarts;
      node.stop();
      REQUIRE(start(at));
    }
  }

  /// All that is under way arrives, and what that leads to, up to a bound.
  void pass() {
    for (std::size_t i = 0; i < nodes_.size(); ++i)
      serve(i);
    for (std::size_t most = 5'000; most > 0 && !under_way_.empty(); --most) {
      const consensus::message next = under_way_.front();
      under_way_.pop_front();
      const std::size_t to = next.to.bytes[15] - 1U;
      if (paused.contains(to)) {
        held_back_[to].push_back(next);
        continue;
      }
      const std::size_t copies = copies_of ? copies_of(next) : 1;
      if (!nodes_[to].it || cut_off.contains(to) || cut_off.contains(next.from.bytes[15] - 1U))
        continue;
      for (std::size_t i = 0; i < copies; ++i) {
        if (nodes_[to].it)
          nodes_[to].it->take(consensus::received{next}, at_us(1));
        serve(to);
      }
    }
  }

  void round() {
    for (std::size_t i = 0; i < nodes_.size(); ++i)
      if (nodes_[i].it && !paused.contains(i))
        nodes_[i].it->take(
          consensus::tick{random_ = random_ * 6'364'136'223'846'793'005ULL + 1}, at_us(1));
    pass();
  }

  bool run_until(const std::function<bool()>& holds, std::size_t rounds = 400) {
    for (std::size_t i = 0; i < rounds; ++i) {
      if (holds())
        return true;
      round();
    }
    return holds();
  }

  std::optional<std::size_t> leader() const {
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < nodes_.size(); ++i)
      if (nodes_[i].it && nodes_[i].it->core().is_leader() && !cut_off.contains(i) &&
          !paused.contains(i) &&
          (!found || nodes_[i].it->core().term() > nodes_[*found].it->core().term()))
        found = i;
    return found;
  }

  /// Waits for somebody to lead who has committed all there is.
  std::size_t settled_leader() {
    REQUIRE(run_until([&] {
      const auto leads = leader();
      if (!leads)
        return false;
      const consensus::core_state& core = on(*leads).core();
      return core.leading->ready && core.committed == core.last().index;
    }));
    return *leader();
  }

  /// One event through whoever leads. Its entry, once it is committed there; 0 if that is unknown.
  std::uint64_t append(std::uint64_t id) {
    const std::size_t at = settled_leader();
    const consensus::entry next = next_event(on(at), id);
    on(at).propose(next, {}, at_us(1));
    const auto is_there = [&] {
      return nodes_[at].it && on(at).applied().index >= next.place.index;
    };
    const bool came = run_until(is_there, 30);
    return came && on(at).core().terms.term_at(next.place.index) == next.place.term
             ? next.place.index
             : 0;
  }

  /// It hears what was held back for it, and does none of its own work.
  void tell(std::size_t at) {
    for (const consensus::message& each : std::exchange(held_back_[at], {}))
      on(at).take(consensus::received{each}, at_us(1));
  }

  void change(consensus::member_change::act act, std::uint8_t number) {
    const std::uint64_t ticket = ++tickets_;
    const auto is_so = [&](const consensus::configuration& now) {
      const auto* found = now.find(member_of(number));
      if (act == consensus::member_change::act::remove)
        return found == nullptr;
      return found != nullptr &&
             (act != consensus::member_change::act::promote || now.is_voter(member_of(number)));
    };
    REQUIRE(run_until([&] {
      const std::size_t at = settled_leader();
      const auto& core = on(at).core();
      if (is_so(core.members.current()) && core.members.index() <= core.committed)
        return true;
      on(at).take(consensus::change{ticket,
                    {act, {member_of(number), consensus::member_role::learner,
                            "n" + std::to_string(number), "host:" + std::to_string(number)}}},
        at_us(1));
      return false;
    }));
  }

  /// Everybody becomes a voter.
  void join_all() {
    for (std::uint8_t number = 2; number <= nodes_.size(); ++number) {
      change(consensus::member_change::act::add_learner, number);
      change(consensus::member_change::act::promote, number);
    }
  }

  /// All have applied all there is, and are alike, byte for byte.
  void check_alike() {
    REQUIRE(run_until([&] {
      const std::uint64_t last = on(settled_leader()).core().last().index;
      for (replica_node& each : nodes_)
        if (!each.it || each.it->applied().index != last)
          return false;
      return true;
    }));
    const auto digest = state_digest(nodes_[0].media.state.storage());
    REQUIRE(digest);
    for (replica_node& each : nodes_) {
      CHECK(state_digest(each.media.state.storage()) == digest);
      check_sound(each.media);
    }
  }

  std::function<std::size_t(const consensus::message&)> copies_of; ///< That arrive. Empty: 1.
  std::set<std::size_t> cut_off;
  std::set<std::size_t> paused; ///< Do nothing, and hear later what they are told.
  std::size_t restarts = 0;

private:
  void listen(std::size_t at) {
    replica_words words = nodes_[at].it->words();
    for (consensus::message& each : words.messages)
      under_way_.push_back(std::move(each));
  }

  std::deque<replica_node> nodes_;
  std::deque<consensus::message> under_way_;
  std::map<std::size_t, std::vector<consensus::message>> held_back_;
  std::uint64_t random_ = 1;
  std::uint64_t tickets_ = 0;
};

} // namespace aiex::test
