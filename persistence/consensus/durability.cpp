#include "aiex/persistence/consensus/durability.hpp"

#include <algorithm>
#include <utility>

namespace aiex::consensus {

void send(core_state& core, member_id to, payload what, outputs& out, std::uint64_t needs_durable) {
  message made{
    core.self(), to, core.options.history, core.term(), core.record.run, std::move(what)};
  const writes& its = core.writes;
  if (its.durable_revision == its.revision && core.durable >= needs_durable)
    out.messages.push_back(std::move(made));
  else if (its.waiting.size() < limits::waiting_answers)
    core.writes.waiting.push_back({std::move(made), needs_durable, its.revision});
}

void record_changed(core_state& core) {
  core.record_is_stored = true;
  ++core.writes.revision;
}

void append(core_state& core, const entry& what) {
  core.terms.append(what.place);
  if (what.members && what.members->history == core.options.history)
    core.members.append(what.place.index, *what.members);
  core.writes.entries.push_back(what);
  core.writes.unsynced.push_back(what);
  core.writes.unsynced_bytes += what.size();
}

bool cut(core_state& core, std::uint64_t from, outputs& out) {
  if (from <= core.committed || !core.members.cut(from)) {
    out.failure = error{errc::corrupt,
      "a leader's log contradicts what is committed here; keep both folders and report this", 0};
    return false;
  }
  writes& its = core.writes;
  const bool was_caught_up = core.standing.is_caught_up(core.last());
  core.terms.cut(from);
  if (was_caught_up && from <= core.standing.proven().index) {
    core.standing.lower(core.last());
    record_changed(core);
  }
  core.standing.cut(from);
  while (!its.unsynced.empty() && its.unsynced.back().place.index >= from) {
    its.unsynced_bytes -= its.unsynced.back().size();
    its.unsynced.pop_back();
  }
  while (!its.entries.empty() && its.entries.back().place.index >= from)
    its.entries.pop_back();
  const bool is_written = core.durable >= from;
  const bool is_on_its_way = its.under_way && !its.under_way->entries.empty() &&
                             its.under_way->entries.back().place.index >= from;
  if (is_written || is_on_its_way)
    its.cut_from = std::min(its.cut_from.value_or(from), from);
  core.durable = std::min(core.durable, from - 1);
  core.checked = std::min(core.checked, from - 1);
  return true;
}

void let_write_leave(core_state& core, outputs& out) {
  writes& its = core.writes;
  const bool has_record = its.leaving_revision != its.revision;
  if (its.under_way || (!has_record && !its.cut_from && its.entries.empty()))
    return;
  write_job job{++its.last_number, {}, std::exchange(its.cut_from, {}), {}};
  job.entries.swap(its.entries);
  if (has_record) {
    if (const auto term = core.terms.term_at(core.durable))
      core.standing.raise({core.durable, *term});
    if (core.standing.proven().index != unknown_index) // else who opened the log has written it
      core.record.proven = core.standing.proven();
    core.record.committed = core.told_committed;
    job.term = core.record;
    its.leaving_revision = its.revision;
  }
  its.under_way = job;
  out.write = std::move(job);
}

bool finish_write(core_state& core, std::uint64_t number, bool has_entries) {
  writes& its = core.writes;
  if (!its.under_way || its.under_way->number != number)
    return false;
  const write_job done = std::move(*std::exchange(its.under_way, {}));
  if (done.term)
    its.durable_revision = its.leaving_revision;
  if (has_entries && !done.entries.empty()) {
    const std::uint64_t last = done.entries.back().place.index;
    core.durable = its.cut_from ? std::min(last, *its.cut_from - 1) : last;
    while (!its.unsynced.empty() && its.unsynced.front().place.index <= core.durable) {
      its.unsynced_bytes -= its.unsynced.front().size();
      its.unsynced.pop_front();
    }
  }
  return true;
}

void release(core_state& core, outputs& out) {
  const writes& its = core.writes;
  std::vector<gated> still;
  for (gated& each : core.writes.waiting) {
    if (each.needs_durable <= core.durable && each.needs_revision <= its.durable_revision)
      out.messages.push_back(std::move(each.what));
    else
      still.push_back(std::move(each));
  }
  core.writes.waiting = std::move(still);
}

bool was_alone_before(const core_state& core, std::uint64_t index) {
  return core.members.current().is_alone(core.self()) && core.members.index() < index;
}

void drop_waiting(core_state& core) {
  std::erase_if(
    core.writes.waiting, [&](const gated& each) { return each.what.term != core.term(); });
}

} // namespace aiex::consensus
