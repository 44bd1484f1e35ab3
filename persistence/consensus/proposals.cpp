// Tested by tests/persistence/consensus/begin_test.cpp
#include "aiex/persistence/consensus/proposals.hpp"

#include "aiex/persistence/consensus/durability.hpp"
#include "aiex/persistence/consensus/membership.hpp"
#include "aiex/persistence/consensus/replication.hpp"

#include <algorithm>
#include <optional>

namespace aiex::consensus {

namespace {

std::optional<errc> why_refused(const core_state& core, const entry& what) {
  if (!core.leading || core.leading->transfer_to ||
      what.place != log_place{core.last().index + 1, core.term()})
    return errc::no_quorum;
  if (what.kind == entry_kind::configuration)
    return what.members && may_propose(core, *what.members) ? std::nullopt
                                                            : std::optional{errc::overloaded};
  if (what.kind == entry_kind::no_op)
    return {};
  const bool is_full = core.writes.unsynced_bytes > limits::unsynced_bytes ||
                       core.leading->uncommitted_bytes > limits::uncommitted_bytes ||
                       core.leading->uncommitted.size() >= limits::uncommitted_entries;
  return is_full ? std::optional{errc::overloaded} : std::nullopt;
}

} // namespace

void propose(core_state& core, const entry& what, outputs& out) {
  const bool is_change = what.kind == entry_kind::configuration;
  if (const auto why = why_refused(core, what)) {
    out.refused.push_back({what.place.index, *why});
    if (is_change && core.leading && core.leading->change && core.leading->change->index == 0) {
      out.changes_done.push_back({core.leading->change->ticket,
        fail(errc::overloaded, "the change of members came too late; ask for it again")});
      core.leading->change.reset();
    }
    return;
  }
  if (is_change && !core.record_is_stored) {
    core.record.run = std::max<std::uint64_t>(core.record.run, 1);
    record_changed(core);
  }
  append(core, what);
  core.leading->uncommitted.push_back(what.size());
  core.leading->uncommitted_bytes += what.size();
  if (is_change) {
    if (core.leading->change)
      core.leading->change->index = what.place.index;
    follow_configuration(core);
  }
  send_to_all(core, out);
}

void give_up_entries(core_state& core, std::uint64_t from, outputs& out) {
  // What others committed of it is theirs; here it was never durable, so nothing was told of it.
  core.committed = std::min(core.committed, from - 1);
  const log_place proven = core.standing.proven();
  if (core.leading)
    for (std::uint64_t i = core.last().index; i >= from && !core.leading->uncommitted.empty();
         --i) {
      core.leading->uncommitted_bytes -= core.leading->uncommitted.back();
      core.leading->uncommitted.pop_back();
    }
  if (!cut(core, from, out))
    return;
  core.standing.raise(proven);  // nobody said that what was lost before was not committed
  core.writes.cut_from.reset(); // they never got there
  std::erase_if(core.writes.waiting, [&](const gated& each) { return each.needs_durable >= from; });
}

} // namespace aiex::consensus
