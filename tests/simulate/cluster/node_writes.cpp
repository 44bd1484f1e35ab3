// What a node does on its disk: one thing after the other, each takes time, and a crash comes
// between any two.
#include "simulate/cluster/composed_entry.hpp"
#include "simulate/cluster/rules/broken_rule.hpp"
#include "simulate/cluster/simulated_node.hpp"

#include <algorithm>
#include <utility>

namespace aiex::test {

void simulated_node::enqueue(const consensus::write_job& job) {
  using kind = disk_work::kind;
  if (job.term)
    works_.push_back({kind::record, job, {}});
  if (job.cut_from)
    works_.push_back({kind::cut, job, {}});
  if (!job.entries.empty())
    works_.push_back({kind::entries, job, {}});
  works_.push_back({kind::done, job, {}});
  begin_next_work();
}

void simulated_node::enqueue(const consensus::repair_job& job) {
  works_.push_back({disk_work::kind::repair, {}, job});
  begin_next_work();
}

void simulated_node::begin_next_work() {
  if (is_working_ || works_.empty())
    return;
  is_working_ = true;
  const bool is_free = works_.front().what == disk_work::kind::done;
  const disk_quality& quality = disk_.quality;
  plan(is_free ? 0 : around_.dice.between(quality.sync_min, quality.sync_max),
    [this] { finish_work(); });
}

void simulated_node::finish_work() {
  const disk_work done = std::move(works_.front());
  works_.pop_front();
  is_working_ = false;
  const std::uint64_t life = life_;
  switch (done.what) {
  case disk_work::kind::record: disk_.put(*done.job.term); break;
  case disk_work::kind::cut: (void)disk_.cut(*done.job.cut_from); break;
  case disk_work::kind::entries:
    if (!write_entries(done.job.entries))
      return;
    break;
  case disk_work::kind::repair:
    if (fits(done.repair)) {
      disk_.put_in_place(done.repair.what.place.index, *done.repair.what.bytes);
      if (done.repair.what.members) // who belongs to the cluster is read at the start
        return crash(false), around_.failed(*this);
      input(consensus::repaired{done.repair.what.place});
      if (life == life_)
        go_on_applying();
    }
    break;
  case disk_work::kind::done: input(consensus::written{done.job.number}); break;
  }
  if (life == life_)
    begin_next_work();
}

/// By the chain of those neighbours that can be read.
bool simulated_node::fits(const consensus::repair_job& job) {
  const std::uint64_t index = job.what.place.index;
  const auto fetched = entry_view::parse(*job.what.bytes);
  const auto neighbour = [&](std::uint64_t at) {
    auto bytes = disk_.readable(at);
    return bytes && is_sound({at, *bytes}) ? std::move(bytes) : std::nullopt;
  };
  if (index > disk_.last_index() || !fetched)
    return false;
  const auto before = index == 1 ? std::nullopt : neighbour(index - 1);
  if (index > 1 && !before && !job.is_certain)
    return false;
  if ((index == 1 || before) &&
      fetched->header().previous != (before ? end_behind(*before, hash_).chain : digest{}))
    return false;
  const auto behind = neighbour(index + 1);
  if (!behind)
    return job.is_certain;
  return entry_view::parse(*behind)->header().previous == fetched->chain_digest(hash_);
}

/// False: nothing more is to be done for this job; or the node has ended.
bool simulated_node::write_entries(const std::vector<consensus::entry>& entries) {
  if (disk_.quality.is_full) {
    const disk_work refused = std::move(works_.front());
    works_.pop_front();
    const std::uint64_t life = life_;
    const std::uint64_t from = entries.front().place.index;
    in_flight_.end();
    input(consensus::write_refused{refused.job.number});
    if (life != life_)
      return false;
    if (core_.is_leader())
      answer_given_up(from);
    begin_next_work();
    return false;
  }
  std::vector<log_record> records;
  records.reserve(entries.size());
  for (const consensus::entry& each : entries)
    records.push_back({each.place.index, *each.bytes});
  const log_storage log = disk_.log.storage();
  if (records.front().index != disk_.last_index() + 1)
    throw broken_rule{"log_without_gap", "an entry is written that does not follow the last one"};
  invariant(log.append(records).has_value(), "a log in memory refused an append");
  if (std::exchange(disk_.fails_next_sync, false))
    disk_.log.fail_next_sync(disk_.keeps_failed);
  if (log.sync())
    return true;
  works_.clear();
  crash(true);
  around_.failed(*this);
  return false;
}

/// Of what is under way some may have become durable: a record as a whole, entries from the first.
void simulated_node::tear_work() {
  if (works_.empty() || !around_.dice.one_in(2))
    return;
  const disk_work& torn = works_.front();
  if (torn.what == disk_work::kind::record) {
    disk_.put(*torn.job.term);
  } else if (torn.what == disk_work::kind::cut) {
    (void)disk_.cut(*torn.job.cut_from);
  } else if (torn.what == disk_work::kind::entries && !disk_.quality.is_full) {
    const auto& entries = torn.job.entries;
    const std::size_t kept = around_.dice.below(entries.size() + 1);
    for (std::size_t i = 0; i < kept; ++i) {
      const log_record record{entries[i].place.index, *entries[i].bytes};
      (void)disk_.log.storage().append({&record, 1});
    }
    (void)disk_.log.storage().sync();
  }
}

void simulated_node::read_entries(const consensus::read_job& job) {
  plan(around_.dice.between(50, 500), [this, job] {
    consensus::entries_read made{job, {}, {}, 0};
    std::size_t bytes = 0;
    const std::uint64_t first = job.from > 1 ? job.from - 1 : job.from;
    (void)disk_.log.storage().read(first, direction::ascending, [&](const log_record& record) {
      if (record.index > job.to)
        return false;
      auto entry = consensus::entry_of(std::make_shared<const std::string>(record.bytes), hash_);
      if (!entry || entry->place.index != record.index) {
        made.damaged = record.index;
        return false;
      }
      if (record.index < job.from) {
        made.previous = entry->place;
        return true;
      }
      bytes += entry->size();
      if (!made.entries.empty() && bytes > job.bytes_max)
        return false;
      made.entries.push_back(std::move(*entry));
      return true;
    });
    input(made);
  });
}

} // namespace aiex::test
