#include "aiex/persistence/consensus/begin.hpp"

#include "aiex/persistence/consensus/durability.hpp"
#include "aiex/persistence/consensus/roles.hpp"

#include <algorithm>

namespace aiex::consensus {

namespace {

configuration only(const core_options& options) {
  return {options.history, {{options.self, member_role::voter, {}, {}}}};
}

} // namespace

core_state begin(const core_options& options, const core_start& found) {
  core_state core;
  core.options = options;
  core.terms = found.terms;
  core.durable = found.terms.last().index;
  core.record = found.record.value_or(term_record{});
  core.record_is_stored = found.record.has_value();
  core.standing.raise(core.record.proven);
  core.standing.raise(found.proven);
  for (const std::uint64_t index : found.damaged)
    core.standing.damage(index);
  const bool is_older = found.record && found.record->term < found.terms.last().term;
  if (core.standing.is_void() || found.is_void || is_older || (found.members && !found.record)) {
    core.standing.set_void();
    return core;
  }
  const bool joins = core.record.joins && !found.members;
  const bool is_whole = !found.record || core.standing.may_lead(core.last());
  if (found.members)
    core.members = *found.members;
  else if (!joins && is_whole) // else the entry with its members may be what is missing
    core.members = configurations{only(options)};
  if (!found.record)
    core.record.term = std::max<std::uint64_t>(1, found.terms.last().term);
  if (found.damaged_end != 0)
    core.writes.cut_from = found.damaged_end;
  if (found.record) {
    ++core.record.run;
    record_changed(core);
  }
  const bool led_last =
    !found.record || !found.members ||
    (core.record.vote == options.self && core.record.term == found.terms.last().term);
  if (is_whole && core.members.current().is_alone(options.self) && led_last) {
    resume_leading(core);
  } else {
    core.committed = std::min(std::max(found.committed, core.record.committed), core.durable);
    core.checked = core.committed;
  }
  core.told_committed = core.committed;
  if (core.members.index() > 0) // of all in a log, the newest one at most is not committed
    core.members.settle(core.members.index() - 1);
  return core;
}

} // namespace aiex::consensus
