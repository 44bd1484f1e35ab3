#include "simulate/cluster/history_mutations.hpp"
#include "simulate/cluster/history_places.hpp"
#include "support/sample_events.hpp"

#include <set>

namespace aiex::test {

namespace {

using named = std::optional<std::vector<op_number>>;
using dice = std::mt19937_64;

constexpr std::uint64_t fresh = 1'000'000'000; // no id of a told history is as great

/// Answers tell places in the log as it has become; versions count again.
void tell_again(told_history& told, const final_log& before) {
  std::map<uuid, std::uint64_t> places;
  std::map<std::string, std::uint64_t> versions;
  for (std::size_t i = 0; i < told.log.size(); ++i) {
    places[told.log[i].id] = i + 1;
    told.log[i].version = ++versions[told.log[i].stream];
  }
  for (op_number number = 0; number < told.seen.operations.size(); ++number) {
    if (appended(told.seen.operations[number]) == nullptr)
      continue;
    for (appended_part& part : answer_of(told, number).parts) {
      if (part.first_position.value == 0)
        continue;
      const uuid id = before[part.first_position.value - 1].id;
      const std::uint64_t count = part.version - part.first_version;
      if (!places.contains(id))
        continue;
      part.first_position = {places[id]};
      part.last_position = part.first_position + count;
      part.first_version = told.log[places[id] - 1].version;
      part.version = part.first_version + count;
    }
  }
}

std::uint64_t next_version(const told_history& told, const std::string& stream) {
  return 1 + static_cast<std::uint64_t>(std::count_if(told.log.begin(), told.log.end(),
               [&](const logged_event& each) { return each.stream == stream; }));
}

/// The end of the log is gone, with an append that was answered: nothing brings it back.
named lose(told_history& told, dice& random) {
  const auto one = pick(sure_appends(told), random);
  if (!one)
    return {};
  told.log.resize(one->first - 1);
  return {{one->number}};
}

/// An event stands there once more, under its id: ids are unique in a log.
named double_event(told_history& told, dice& random) {
  const auto one = pick(lone_appends(told), random);
  if (!one)
    return {};
  logged_event again = told.log[one->last - 1];
  again.version = next_version(told, again.stream);
  again.command.reset();
  told.log.push_back(again);
  return {{one->number}};
}

/// It stands there once more under an id that nobody gave, as if a repeat was taken for something
/// new. Contents are unique in a told history, so it is nobody else's event.
named double_under_another_id(told_history& told, dice& random) {
  const auto one = pick(lone_appends(told), random);
  if (!one)
    return {};
  logged_event again = told.log[one->last - 1];
  again.version = next_version(told, again.stream);
  again.id = id_of(fresh);
  again.command.reset();
  told.log.push_back(again);
  return {{one->number}};
}

/// B moves before A, to which it was answered before B was called; all places are told anew, and no
/// version changes, since between the two nothing is of a stream of B. Both say that they wrote it
/// themselves, so no other try can be meant: B took effect before A, and after A's answer.
named reorder(told_history& told, dice& random) {
  const real_time time{told.seen};
  const auto touches = [&](const sure_append& a, const sure_append& b) {
    std::set<std::string> streams;
    for (std::uint64_t at = b.first; at <= b.last; ++at)
      streams.insert(told.log[at - 1].stream);
    return std::any_of(told.log.begin() + static_cast<std::ptrdiff_t>(a.first - 1),
      told.log.begin() + static_cast<std::ptrdiff_t>(b.first - 1),
      [&](const logged_event& each) { return streams.contains(each.stream); });
  };
  const auto all = sure_appends(told);
  const auto pair = pick_pair(all, all, random, [&](const sure_append& a, const sure_append& b) {
    return a.last < b.first && time.is_before(a.number, b.number) && !touches(a, b);
  });
  if (!pair)
    return {};
  const auto& [a, b] = *pair;
  const final_log before = told.log;
  const auto from = told.log.begin();
  std::rotate(from + static_cast<std::ptrdiff_t>(a.first - 1),
    from + static_cast<std::ptrdiff_t>(b.first - 1), from + static_cast<std::ptrdiff_t>(b.last));
  tell_again(told, before);
  return {{b.number}};
}

/// The last event of an append is not there, the others are: no append is written in pieces.
named tear(told_history& told, dice& random) {
  auto all = sure_appends(told);
  std::erase_if(all, [](const sure_append& each) { return each.first == each.last; });
  const auto one = pick(all, random);
  if (!one)
    return {};
  const final_log before = told.log;
  told.log.erase(told.log.begin() + static_cast<std::ptrdiff_t>(one->last - 1));
  tell_again(told, before);
  return {{one->number}};
}

/// What stands there is not what was asked for, and nobody else asked for it under this id.
named change(told_history& told, dice& random) {
  const auto one = pick(lone_appends(told), random);
  if (!one)
    return {};
  told.log[one->first - 1].content[0] ^= 1;
  return {{one->number}};
}

/// An event that nobody has asked for, neither by id nor by content.
named invent(told_history& told, dice& random) {
  if (told.log.empty())
    return {};
  logged_event more = told.log[random() % told.log.size()];
  more.version = next_version(told, more.stream);
  more.id = id_of(fresh);
  more.content[0] ^= 1;
  more.command.reset();
  told.log.push_back(more);
  return std::vector<op_number>{};
}

/// A version is left out: in no stream there is a gap.
named leave_gap(told_history& told, dice& random) {
  if (told.log.empty())
    return {};
  ++told.log[random() % told.log.size()].version;
  return std::vector<op_number>{};
}

constexpr history_mutation mutations[] = {
  {"lose", history_rule::lost, lose},
  {"double_event", history_rule::doubled, double_event},
  {"double_under_another_id", history_rule::doubled, double_under_another_id},
  {"reorder", history_rule::reordered, reorder},
  {"tear", history_rule::torn, tear},
  {"change", history_rule::changed, change},
  {"invent", history_rule::invented, invent},
  {"leave_gap", history_rule::gap, leave_gap},
};

} // namespace

std::span<const history_mutation> mutations_of_logs() {
  return mutations;
}

} // namespace aiex::test
