#include "aiex/persistence/store/log_survey.hpp"
#include "aiex/persistence/store/recovery.hpp"
#include "aiex/persistence/store/replica.hpp"

#include <fmt/format.h>

#include <utility>

namespace aiex {

result<void> note_lost_end(const term_storage& term, consensus::term_record record) {
  record.proven = {consensus::unknown_index, record.term};
  return term.write(record);
}

namespace {

result<state_says> ask_state(const ordered_tables& state) {
  state_says says;
  auto read = state.read([&](const table_reader& tables) {
    says = {head_of(tables), find_members(tables)};
  });
  if (!read)
    return tl::unexpected(std::move(read.error()));
  return says;
}

/// A member whose log ends before what its state has applied forgets the state, but not that. A
/// store alone has nobody to get it from: there it is `lost_events`.
result<void> note_lost_end(
  const term_storage& term, const consensus::core_state& core, const state_head& head) {
  if (auto noted = note_lost_end(term, core.record); !noted)
    return noted;
  return fail(errc::corrupt,
    fmt::format("the log ends at entry {}, but the state has applied entry {}: with an empty state "
                "this node gets from the others what is missing, and does not vote until then",
      core.last().index, head.index),
    head.position.value);
}

/// The state of a member: what it has applied is committed, and in the log.
result<void> check_state(
  const store_media& media, const consensus::core_state& core, const state_head& head) {
  if (head.index > core.last().index)
    return note_lost_end(media.term, core, head);
  if (core.standing.damaged().contains(head.index))
    return {};
  return check_same_log(media.log, head);
}

/// A leader that goes on has committed all of its log; nobody else knows. Who is the only voter has
/// nobody to ask for what is damaged or gone.
result<void> check_whole(
  const store_media& media, const consensus::core_state& core, const state_head& head) {
  const consensus::configuration& members = core.members.current();
  const bool is_only_voter = members.voters() == 1 && members.is_voter(core.self());
  const bool is_damaged = !core.standing.damaged().empty();
  if (core.is_leader() || (is_only_voter && (is_damaged || head.index > core.last().index)))
    return catch_up(media.log, media.state);
  if (is_only_voter && !core.standing.is_caught_up(core.last()))
    return fail(errc::lost_events,
      fmt::format("the log ends at entry {}, but the term record says that there was more: "
                  "acknowledged events are missing from the log, and no other member can lead. "
                  "Restore it from a backup",
        core.last().index));
  return check_state(media, core, head);
}

/// A state that has lost who the members are would let one of them take itself for a store alone.
result<void> check_no_members(const log_storage& log, const state_head& head, const uuid& history) {
  if (head.index == 0)
    return {};
  const auto whole = survey(log, {}, history);
  if (!whole)
    return tl::unexpected(whole.error());
  if (!whole->members)
    return {};
  return fail(errc::corrupt, "the state is damaged: it does not name the members of the cluster, "
                             "and the log does; it is built again from the log");
}

} // namespace

result<replica> replica::open(
  store_media media, const consensus::core_options& options, consensus::stepper step) {
  const auto record = media.term.read();
  if (!record && record.error().code != errc::corrupt)
    return tl::unexpected(record.error());
  const auto says = ask_state(media.state);
  if (!says)
    return tl::unexpected(says.error());
  auto found = survey(media.log, *says, options.history);
  if (!found)
    return tl::unexpected(std::move(found.error()));
  if (record && *record && !found->members)
    if (auto none = check_no_members(media.log, says->head, options.history); !none)
      return tl::unexpected(std::move(none.error()));
  found->is_void = !record;
  found->record = record.value_or(std::nullopt);
  if (found->record && found->members && found->members->current().voters() > 2)
    give_up_damaged_end(*found);
  consensus::core_state core = consensus::begin(options, *found);
  if (core.standing.is_void())
    return fail(errc::corrupt,
      fmt::format("this member of a cluster has forgotten whom it voted for ({}): it may not take "
                  "part any more. Move its folder away and let it join as a new one",
        record ? "its term record is missing or older than its log" : record.error().message));
  auto checked = check_whole(media, core, says->head);
  if (!checked)
    return tl::unexpected(std::move(checked.error()));
  const auto head = read_head(media.state);
  if (!head)
    return tl::unexpected(head.error());
  return replica{std::move(media), std::move(step), std::move(core), *head};
}

} // namespace aiex
