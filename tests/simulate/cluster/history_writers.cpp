#include "simulate/cluster/history_writers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace aiex::test {

history_writers::history_writers(
  const history& of, const history_tries& tries, const history_log& log, history_findings& found)
    : of_(of), tries_(tries), log_(log), found_(found) {
  written_.resize(of.operations.size());
  next_.resize(log.size() + 1);
  for (std::uint64_t first = 1; first <= log.size();) {
    const std::uint64_t last = take(first);
    for (; first <= last; ++first) {
      found.step();
      next_[first] = last;
    }
  }
}

/// Returns the last position that belongs to the one at `first`.
std::uint64_t history_writers::take(std::uint64_t first) {
  if (log_.place_of(log_.at(first).id) != first)
    return first; // doubled, and reported
  const auto best = best_match(first);
  if (!best) {
    report_unasked(first);
    return first;
  }
  const std::uint64_t last = first + best->ids - 1;
  if (!best->is_whole)
    report_wrong(*best, first);
  else if (!best->is_expected)
    report_unexpected(best->number, first);
  written_[best->number] = {first, last};
  return last;
}

/// Who most likely wrote what begins there: whole before in pieces, who says so before who does not
/// know, as expected before otherwise, early before late.
std::optional<history_writers::match> history_writers::best_match(std::uint64_t first) {
  const auto worth = [](const match& one) {
    return std::tuple{one.is_whole, one.says_so, one.is_expected, one.ids};
  };
  std::optional<match> best;
  for (const op_number number : tries_.beginning_with(log_.at(first).id)) {
    found_.step();
    if (!history_tries::may_have_written(of_.operations[number]))
      continue;
    const match next = match_of(number, first);
    if (!best || worth(next) > worth(*best))
      best = next;
  }
  return best;
}

history_writers::match history_writers::match_of(op_number number, std::uint64_t first) {
  const auto asked = tries_.events_of(number);
  const auto& request = std::get<append_request>(of_.operations[number].asked);
  match found;
  found.number = number;
  found.says_so = appended(of_.operations[number]) != nullptr;
  while (found.ids < asked.size() && first + found.ids <= log_.size()) {
    const logged_event& there = log_.at(first + found.ids);
    const asked_event& here = asked[found.ids];
    found_.step();
    if (there.id != here.id)
      break;
    found.is_same &= there.stream == *here.stream && there.content == here.content;
    ++found.ids;
  }
  found.is_same &= has_its_command(request, first, asked.size());
  found.is_whole = found.is_same && found.ids == asked.size();
  found.is_expected =
    found.is_whole && !tries_.has_twice(number) && is_expected(request, first - 1);
  return found;
}

bool history_writers::has_its_command(
  const append_request& request, std::uint64_t first, std::uint64_t events) {
  const logged_event& there = log_.at(first);
  return there.command == request.command && (!there.command || there.command_events == events);
}

bool history_writers::is_expected(const append_request& request, std::uint64_t before) {
  found_.step(request.parts.size());
  if (request.owner &&
      !log_.when(owner_stream(request.owner->name), request.owner->epoch).holds(before))
    return false;
  return std::all_of(request.parts.begin(), request.parts.end(),
    [&](const append_part& part) { return log_.when(part.stream, part.expected).holds(before); });
}

void history_writers::report_unexpected(op_number number, std::uint64_t first) {
  const auto& request = std::get<append_request>(of_.operations[number].asked);
  found_.step(request.parts.size());
  if (request.owner &&
      !log_.when(owner_stream(request.owner->name), request.owner->epoch).holds(first - 1))
    return found_.add(history_rule::stale_owner, {number},
      fmt::format("written at {} as the owner of {} in epoch {}, which was not the epoch then",
        first, request.owner->name, request.owner->epoch));
  for (const append_part& part : request.parts)
    if (!log_.when(part.stream, part.expected).holds(first - 1))
      return found_.add(history_rule::wrong_accept, {number},
        fmt::format("written at {}, although it expected {} of {}", first, to_string(part.expected),
          part.stream));
  found_.add(history_rule::wrong_accept, {number}, "written, although it has an id twice");
}

void history_writers::report_wrong(const match& found, std::uint64_t first) {
  const std::uint64_t asked = tries_.events_of(found.number).size();
  if (found.ids < asked)
    found_.add(history_rule::torn, {found.number},
      fmt::format("of its {} events {} stand{} at {}, without the rest behind", asked, found.ids,
        found.ids == 1 ? "s" : "", first));
  if (!found.is_same)
    found_.add(history_rule::changed, {found.number},
      fmt::format("what stands at {} has its ids and is not what it asked for", first));
}

/// Nobody's append that may have written begins with this event.
void history_writers::report_unasked(std::uint64_t position) {
  const logged_event& event = log_.at(position);
  const auto say = [&](history_rule rule, std::vector<op_number> who, std::string_view why) {
    found_.add(rule, std::move(who),
      fmt::format(
        "event {} of {} stands at {}: {}", to_string(event.id), event.stream, position, why));
  };
  const auto who = tries_.one_of(event.id);
  if (who.empty()) {
    const auto author = tries_.one_of(event.content);
    return author.empty() ? say(history_rule::invented, {}, "nobody asked for it")
                          : say(history_rule::doubled, author, "its content under another id");
  }
  if (history_tries::may_have_written(of_.operations[who.front()]))
    return say(history_rule::torn, who, "what belongs before it does not stand there");
  std::vector<op_number> refused;
  for (const op_number number : tries_.beginning_with(event.id)) {
    found_.step();
    if (refused.empty() && appended(of_.operations[number]) == nullptr)
      refused.push_back(number);
  }
  if (refused.empty() && appended(of_.operations[who.front()]) != nullptr)
    return say(history_rule::wrong_repeat, who, "no other try can have written it");
  say(history_rule::wrong_refusal, refused.empty() ? who : refused, "it was refused, yet written");
}

} // namespace aiex::test
