// What a node finds on its disk when it starts.
#include "aiex/persistence/state/state.hpp"

#include "simulate/cluster/simulated_node.hpp"

#include <algorithm>

namespace aiex::test {

namespace {

/// Terms are known where a damaged entry stands between two of one term.
void add_damaged(consensus::core_start& found, std::uint64_t index, std::uint64_t next_term) {
  const std::uint64_t before = found.terms.last().term;
  found.terms.append({index, before});
  if (before != next_term)
    found.terms.set_unknown(index);
  found.damaged.insert(index);
}

} // namespace

void simulated_node::scan_log(consensus::core_start& found) {
  std::uint64_t last = 0;
  std::vector<std::uint64_t> damaged; // since the last readable one
  (void)disk_.log.storage().read(1, direction::ascending, [&](const log_record& record) {
    last = record.index;
    auto entry = consensus::entry_of(std::make_shared<const std::string>(record.bytes), hash_);
    if (!entry || entry->place.index != record.index) {
      damaged.push_back(record.index);
      return true;
    }
    for (const std::uint64_t index : damaged)
      add_damaged(found, index, entry->place.term);
    damaged.clear();
    found.terms.append(entry->place);
    if (entry->members) {
      if (!found.members)
        found.members.emplace();
      found.members->append(entry->place.index, std::move(*entry->members));
    }
    return true;
  });
  if (damaged.empty())
    return;
  // What ends in damage may have been acknowledged, in any term up to the recorded one.
  const std::uint64_t term = disk_.record ? disk_.record->term : found.terms.last().term;
  found.proven = {last, std::max(term, found.terms.last().term)};
  found.damaged_end = damaged.front();
}

/// Its events, and its members if it has them.
bool simulated_node::is_sound(const log_record& record) {
  const auto entry = consensus::entry_of(std::make_shared<const std::string>(record.bytes), hash_);
  return entry && entry->place.index == record.index;
}

void simulated_node::check_log() {
  std::vector<std::uint64_t> damaged;
  (void)disk_.log.storage().read(1, direction::ascending, [&](const log_record& record) {
    if (!is_sound(record))
      damaged.push_back(record.index);
    return true;
  });
  for (const std::uint64_t index : damaged)
    if (is_up_ && !core_.standing.damaged().contains(index))
      input(consensus::damaged{index});
}

consensus::configuration simulated_node::members_on_disk() const {
  consensus::configuration newest;
  if (!disk_.record || !disk_.record->joins) // a store alone has no entry that says so
    newest.members.push_back({options_.self, consensus::member_role::voter, {}, {}});
  sha256 hash;
  for (std::uint64_t index = 1; index <= disk_.last_index(); ++index) {
    const auto entry =
      consensus::entry_of(std::make_shared<const std::string>(*disk_.written(index)), hash);
    if (entry && entry->members)
      newest = *entry->members;
  }
  return newest;
}

consensus::core_start simulated_node::found_on_disk() {
  consensus::core_start found;
  found.record = disk_.record;
  found.is_void = disk_.must_have_record && !disk_.record;
  scan_log(found);
  (void)disk_.state.storage().read([&](const table_reader& tables) { applied_ = head_of(tables); });
  found.committed = applied_.index;
  const consensus::log_place last = found.terms.last();
  if (applied_.index > last.index) { // lost; of which term it was nobody knows any more
    const std::uint64_t term = disk_.record ? disk_.record->term : last.term;
    const consensus::log_place proof{applied_.index, std::max(term, last.term)};
    if (!is_as_new(found.proven, proof))
      found.proven = proof;
  }
  return found;
}

} // namespace aiex::test
