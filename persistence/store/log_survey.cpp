#include "aiex/persistence/store/log_survey.hpp"

#include "aiex/persistence/log/entry_chain.hpp"
#include "aiex/persistence/store/recovery.hpp"
#include "aiex/persistence/store/replica_reads.hpp"

#include <algorithm>

namespace aiex {

namespace {

using consensus::core_start;

/// 0: the entry there cannot be read.
result<std::uint64_t> term_of(const log_storage& log, std::uint64_t index) {
  std::uint64_t term = 0;
  auto read = log.read(index, direction::ascending, [&](const log_record& record) {
    const auto entry = entry_view::parse(record.bytes);
    if (record.index == index && entry && entry->header().index == index)
      term = entry->header().term;
    return false;
  });
  if (!read)
    return tl::unexpected(std::move(read.error()));
  return term;
}

/// One that cannot be read, or says what cannot be, counts as of the term before it.
void add_place(core_start& made, std::uint64_t index, std::uint64_t term) {
  const std::uint64_t before = made.terms.last().term;
  made.terms.append({index, std::max(term, before)});
  if (term >= before && term != 0)
    return;
  made.terms.set_unknown(index);
  made.damaged.insert(index);
}

/// Up to and with `end`. Terms never go back, so that a term that stands at both ends of a stretch
/// stands everywhere in it.
result<void> add_terms(core_start& made, const log_storage& log, std::uint64_t end) {
  std::uint64_t stretch = 1;
  while (made.terms.last().index < end) {
    const std::uint64_t first = made.terms.last().index + 1;
    const std::uint64_t last = std::min(end, first + stretch - 1);
    const auto from = term_of(log, first);
    const auto to = term_of(log, last);
    if (!from || !to)
      return tl::unexpected(from ? to.error() : from.error());
    const bool is_one = *from != 0 && *from == *to && *from >= made.terms.last().term;
    if (!is_one && stretch > 1) {
      stretch /= 2;
      continue;
    }
    for (std::uint64_t index = first; index <= last; ++index)
      add_place(made, index, *from);
    stretch = is_one ? 2 * stretch : 1;
  }
  return {};
}

void add_members(
  core_start& made, std::uint64_t index, std::string_view bytes, const uuid& history) {
  auto found = consensus::configuration_of(bytes);
  if (!found || found->history != history)
    return;
  if (!made.members)
    made.members.emplace();
  made.members->append(index, std::move(*found));
}

/// Whether the log names those members there, or, if that entry cannot be read, whether they are
/// sound in themselves. Errors: io.
result<bool> are_of_log(
  const log_storage& log, const stored_members& members, const state_head& head) {
  if (members.index == 0 || members.index > head.index)
    return false;
  const auto entry = read_entry(log, members.index);
  if (!entry && entry.error().code == errc::io)
    return tl::unexpected(entry.error());
  if (!entry)
    return consensus::configuration_of(members.bytes).has_value();
  return entry->members && to_bytes(*entry->members) == members.bytes;
}

/// With other members, or none, a member could take itself for a store alone.
result<void> add_members_of_state(core_start& made, const log_storage& log,
  const stored_members& members, const state_head& head, const uuid& history) {
  const auto are_sound = are_of_log(log, members, head);
  if (!are_sound)
    return tl::unexpected(are_sound.error());
  if (!*are_sound)
    return fail(errc::corrupt, "the state is damaged: the members of the cluster that it names are "
                               "not those of the log; it is built again from the log");
  add_members(made, members.index, members.bytes, history);
  return {};
}

/// What the state has not applied: each entry whole, and the chain.
result<void> add_tail(
  core_start& made, const log_storage& log, const state_head& head, const uuid& history) {
  entry_chain chain{head};
  bool is_broken = false; // behind damage nothing can be held against the chain
  sha256 hash;
  return log.read(head.index + 1, direction::ascending, [&](const log_record& record) {
    while (made.terms.last().index + 1 < record.index)
      add_place(made, made.terms.last().index + 1, 0);
    const auto in_chain =
      is_broken ? result<entry_view>{entry_view::parse(record.bytes)} : chain.take(record.bytes);
    const bool is_sound = in_chain && in_chain->header().index == record.index &&
                          (!is_broken || in_chain->verify(hash));
    is_broken = is_broken || !is_sound;
    add_place(made, record.index, is_sound ? in_chain->header().term : 0);
    if (is_sound && in_chain->header().kind == entry_kind::configuration)
      add_members(made, record.index, in_chain->members(), history);
    return true;
  });
}

} // namespace

result<core_start> survey(const log_storage& log, const state_says& state, const uuid& history) {
  core_start made;
  const auto last = last_index(log);
  if (!last)
    return tl::unexpected(last.error());
  const bool is_of_use = state.head.index <= *last; // else the log has lost its end
  const state_head head = is_of_use ? state.head : state_head{};
  if (auto added = add_terms(made, log, head.index); !added)
    return tl::unexpected(std::move(added.error()));
  if (state.members && is_of_use)
    if (auto added = add_members_of_state(made, log, *state.members, head, history); !added)
      return tl::unexpected(std::move(added.error()));
  if (auto added = add_tail(made, log, head, history); !added)
    return tl::unexpected(std::move(added.error()));
  made.committed = head.index;
  made.proven = {head.index, made.terms.term_at(head.index).value_or(0)};
  return made;
}

void give_up_damaged_end(core_start& found) {
  const std::uint64_t term = std::max(found.record->term, found.terms.last().term);
  const std::uint64_t applied = found.committed;
  if (applied > 0 && !found.terms.term_at(applied))
    found.proven = {applied, term};
  const std::uint64_t last = found.terms.last().index;
  std::uint64_t from = last + 1;
  while (from - 1 > applied && found.damaged.contains(from - 1))
    --from;
  if (from > last)
    return;
  found.proven = {last, term};
  found.damaged_end = from;
  found.terms.cut(from);
  found.damaged.erase(found.damaged.lower_bound(from), found.damaged.end());
}

} // namespace aiex
