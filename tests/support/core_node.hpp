// A core with a disk that is a list: entries, a term record, and what was not yet written.
#pragma once

#include "aiex/persistence/consensus/begin.hpp"
#include "aiex/persistence/consensus/step.hpp"

#include "support/consensus_entries.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace aiex::test {

/// What a disk has. Entries carry no bytes; `id` tells entries of the same place apart.
struct core_disk {
  std::vector<consensus::entry> log;
  std::optional<consensus::term_record> record;
  std::set<std::uint64_t> damaged{}; ///< These cannot be read.

  void put(const consensus::write_job& job) {
    if (job.term)
      record = job.term;
    if (job.cut_from)
      log.resize(std::min<std::size_t>(log.size(), *job.cut_from - 1));
    log.insert(log.end(), job.entries.begin(), job.entries.end());
  }

  /// As recovery would find it.
  consensus::core_start found() const {
    consensus::core_start made;
    made.record = record;
    made.is_void = false;
    made.damaged = damaged;
    for (const consensus::entry& each : log) {
      made.terms.append(each.place);
      if (!each.members || damaged.contains(each.place.index))
        continue;
      if (!made.members)
        made.members.emplace();
      made.members->append(each.place.index, *each.members);
    }
    return made;
  }
};

/// What a broken core or disk would do; for tests of the rules.
struct planted_core_fault {
  std::function<void(consensus::core_state&, consensus::input&)> before{}; ///< Of each step.
  std::function<void(consensus::core_state&, consensus::outputs&)> after{};
  std::function<void(core_disk&)> at_start{};
};

/// What the first member begins with.
inline consensus::core_state first_core(const consensus::core_start& found) {
  consensus::core_options options;
  options.self = member_of(1);
  options.history = history_of_test;
  return consensus::begin(options, found);
}

/// A core whose disk writes at once unless told otherwise, and whose messages are kept.
class core_node {
public:
  core_node(std::uint8_t number, core_disk disk, consensus::core_options options = {})
      : disk_(std::move(disk)) {
    options.self = member_of(number);
    options.history = history_of_test;
    options_ = options;
    start();
  }

  void start() {
    if (fault != nullptr && fault->at_start)
      fault->at_start(disk_);
    core = consensus::begin(options_, disk_.found());
    under_way.reset();
  }

  consensus::outputs step(const consensus::input& given) {
    consensus::outputs out;
    run(given, out);
    take_write(out);
    propose_wanted(out);
    return out;
  }

  /// The write under way is done; with an instant disk that is at once.
  void finish_write(consensus::outputs& out) {
    while (under_way)
      finish_one_write(out);
  }
  void finish_one_write(consensus::outputs& out) {
    disk_.put(*under_way);
    const std::uint64_t number = under_way->number;
    under_way.reset();
    consensus::outputs then;
    run(consensus::written{number}, then);
    add(out, then);
    propose_wanted(out);
  }

  /// The disk is full: all of the write under way but its entries.
  void refuse_one_write(consensus::outputs& out) {
    under_way->entries.clear();
    disk_.put(*under_way);
    const consensus::write_refused refused{under_way->number};
    under_way.reset();
    consensus::outputs then;
    run(refused, then);
    add(out, then);
    propose_wanted(out);
  }

  /// Of the write under way so many operations were done: the record, the cut, each entry.
  void lose_power(std::size_t operations) {
    if (!under_way)
      return;
    consensus::write_job done = *std::exchange(under_way, {});
    const auto is_done = [&] { return operations > 0 && operations-- > 0; };
    if (done.term && !is_done())
      done.term.reset();
    if (done.cut_from && !is_done())
      done.cut_from.reset();
    std::size_t kept = 0;
    while (kept < done.entries.size() && is_done())
      ++kept;
    done.entries.resize(kept);
    disk_.put(done);
  }

  consensus::entries_read read_of(const consensus::read_job& job) const {
    consensus::entries_read made{job, {}, {}, 0};
    if (job.from > 1 && job.from - 2 < disk_.log.size())
      made.previous = disk_.log[job.from - 2].place;
    for (std::uint64_t i = job.from; i <= job.to && i <= disk_.log.size(); ++i) {
      if (disk_.damaged.contains(i)) {
        made.damaged = i;
        break;
      }
      made.entries.push_back(disk_.log[i - 1]);
    }
    return made;
  }

  /// That entry can be read no more; nobody has noticed yet.
  void rot(std::uint64_t index) { disk_.damaged.insert(index); }
  consensus::repaired repair(const consensus::repair_job& job) {
    disk_.log.at(job.what.place.index - 1) = job.what;
    disk_.damaged.erase(job.what.place.index);
    return {job.what.place};
  }

  consensus::outputs propose(std::optional<consensus::configuration> members = {}) {
    return step(consensus::proposal{next_entry(std::move(members))});
  }
  consensus::entry next_entry(std::optional<consensus::configuration> members = {}) const {
    consensus::entry made = bare(core.last().index + 1, core.term());
    if (members) {
      made.kind = entry_kind::configuration;
      made.members = std::move(members);
    }
    return made;
  }

  const core_disk& disk() const { return disk_; }

  consensus::core_state core;
  std::optional<consensus::write_job> under_way;
  bool is_instant = true;
  const planted_core_fault* fault = nullptr;

private:
  void run(const consensus::input& given, consensus::outputs& out) {
    consensus::input changed = given;
    if (fault != nullptr && fault->before)
      fault->before(core, changed);
    consensus::step(core, changed, out);
    if (fault != nullptr && fault->after)
      fault->after(core, out);
  }
  void take_write(consensus::outputs& out) {
    if (!out.write)
      return;
    under_way = std::move(out.write);
    out.write.reset();
    if (is_instant)
      finish_write(out);
  }

  void propose_wanted(consensus::outputs& out) {
    for (const consensus::wanted& each : std::exchange(out.wants, {})) {
      consensus::entry made = next_entry(each.members);
      made.kind = each.kind;
      consensus::outputs then;
      run(consensus::proposal{std::move(made)}, then);
      add(out, then);
    }
  }

  void add(consensus::outputs& out, consensus::outputs& then) {
    const auto join = [](auto& to, auto& from) { to.insert(to.end(), from.begin(), from.end()); };
    join(out.messages, then.messages);
    join(out.reads, then.reads);
    join(out.repairs, then.repairs);
    join(out.wants, then.wants);
    join(out.reads_done, then.reads_done);
    join(out.changes_done, then.changes_done);
    join(out.refused, then.refused);
    if (then.committed)
      out.committed = then.committed;
    if (then.role)
      out.role = then.role;
    if (then.failure)
      out.failure = then.failure;
    take_write_of(out, then);
  }

  void take_write_of(consensus::outputs& out, consensus::outputs& then) {
    if (then.write) {
      under_way = std::move(then.write);
      if (is_instant)
        finish_write(out);
    }
  }

  core_disk disk_;
  consensus::core_options options_;
};

/// A log of these terms that begins with a configuration, in a term.
inline core_disk disk_of(const std::vector<std::uint64_t>& terms, std::uint64_t term,
  const consensus::configuration& members, consensus::member_id vote = {}) {
  core_disk made;
  for (std::uint64_t i = 0; i < terms.size(); ++i) {
    made.log.push_back(bare(i + 1, terms[i]));
    if (i == 0) {
      made.log.back().kind = entry_kind::configuration;
      made.log.back().members = members;
    }
  }
  made.record = consensus::term_record{.term = term, .vote = vote};
  return made;
}

} // namespace aiex::test
