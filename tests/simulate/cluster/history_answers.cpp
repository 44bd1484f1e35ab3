#include "simulate/cluster/history_answers.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace aiex::test {

namespace {

right_moments never(history_rule rule, std::string why) {
  return {{}, rule, std::move(why)};
}

/// What an answer says of a part without events, beside the version.
bool is_of_nothing(const appended_part& part) {
  return part.first_version == 0 && part.first_position.value == 0 && part.last_position.value == 0;
}

} // namespace

const append_request& history_answers::request_of(op_number number) const {
  return std::get<append_request>(of_.operations[number].asked);
}

right_moments history_answers::of_read(op_number number) const {
  found_.step();
  const operation& done = of_.operations[number];
  const seen_until read = *seen(done);
  const auto* stream = std::get_if<read_stream>(&done.asked);
  const std::uint64_t end = stream == nullptr ? log_.size() : log_.version_of(stream->name);
  if (read.at > end)
    return never(
      history_rule::lost, fmt::format("{} {} in the end",
                            stream == nullptr ? "the log ends at" : "its version is", end));
  const log_moments when =
    stream == nullptr ? log_moments{read.at, read.at} : log_.when(stream->name, read.at);
  const uuid last = read.at == 0 ? uuid{} : log_.at(when.first).id;
  if (!read.last.is_nil() && read.last != last)
    return never(history_rule::forked, fmt::format("it saw event {} there, where the log has {}",
                                         to_string(read.last), to_string(last)));
  return {{when}, history_rule::stale, "it was never so"};
}

bool history_answers::is_there(const append_request& request, op_number number) const {
  const auto events = tries_.events_of(number);
  std::size_t at = 0;
  for (const append_part& part : request.parts)
    for (std::size_t i = 0; i < part.events.size(); ++i, ++at) {
      found_.step();
      const logged_event& there = log_.at(log_.place_of(events[at].id));
      const logged_event& first = log_.at(log_.place_of(part.events.front().id));
      if (there.stream != part.stream || there.content != events[at].content ||
          there.version != first.version + i)
        return false;
    }
  return true;
}

history_answers::places history_answers::places_of(op_number number) const {
  const append_request& request = request_of(number);
  std::uint64_t first = log_.size() + 1;
  std::uint64_t last = 0;
  bool are_all = true;
  for (const asked_event& each : tries_.events_of(number)) {
    found_.step();
    const std::uint64_t place = log_.place_of(each.id);
    are_all = are_all && place != 0;
    if (place != 0) {
      first = std::min(first, place);
      last = std::max(last, place);
    }
  }
  const std::uint64_t command = request.command ? log_.place_of(*request.command) : 0;
  places at;
  at.before_command = command == 0 ? log_.all() : log_moments{0, command - 1};
  if (command != 0)
    at.behind_command = {command + log_.at(command).command_events - 1, log_.size()};
  at.before = at.before_command & log_moments{0, first - 1};
  if (tries_.events_of(number).empty()) {
    at.before = {}; // nothing is checked
  } else if (tries_.has_twice(number)) {
    at.before = {};
    at.some = at.before_command;
  } else if (last != 0 && are_all && is_there(request, number)) {
    at.some = at.before_command & log_moments{first, last - 1};
    at.all = at.before_command & log_moments{last, log_.size()};
  } else if (last != 0) {
    at.some = at.before_command & log_moments{first, log_.size()};
  }
  return at;
}

log_moments history_answers::while_owner(const append_request& request) const {
  return request.owner ? log_.when(owner_stream(request.owner->name), request.owner->epoch)
                       : log_.all();
}

/// The first expectation that does not hold is the one that is answered.
void history_answers::add_wrong_versions(right_moments& right, const append_request& request,
  const places& at, std::uint64_t actual) const {
  log_moments others_hold = at.before & while_owner(request);
  for (const append_part& part : request.parts) {
    found_.step();
    if (others_hold.empty())
      break;
    if (!part.expected.holds_at(actual))
      right.ranges.push_back(others_hold & log_.when(part.stream, actual));
    others_hold = others_hold & log_.when(part.stream, part.expected);
  }
  if (at.all.empty())
    return;
  for (const append_part& part : request.parts) { // a repeat elsewhere than expected
    found_.step();
    if (part.events.empty() || part.expected.what() != expected_version::kind::exact)
      continue;
    const std::uint64_t first = log_.place_of(part.events.front().id);
    if (log_.at(first).version != part.expected.version() + 1) {
      right.ranges.push_back(at.all & log_.when(part.stream, actual));
      return;
    }
  }
}

right_moments history_answers::of_refusal(op_number number) const {
  const append_request& request = request_of(number);
  const error& why = *failure_of(of_.operations[number]);
  const places at = places_of(number);
  right_moments right;
  right.why = fmt::format("{} {} was never the right answer", name(why.code), why.actual);
  switch (why.code) {
  case errc::wrong_expected_version: {
    add_wrong_versions(right, request, at, why.actual);
    const bool was_there = std::any_of(request.parts.begin(), request.parts.end(),
      [&](const append_part& part) { return why.actual <= log_.version_of(part.stream); });
    found_.step(request.parts.size());
    if (!was_there)
      return never(
        history_rule::lost, fmt::format("version {} is not there in the end", why.actual));
    break;
  }
  case errc::stale_epoch:
    if (!request.owner || request.owner->epoch == why.actual)
      break;
    if (why.actual > log_.version_of(owner_stream(request.owner->name)))
      return never(history_rule::lost, fmt::format("epoch {} is not there in the end", why.actual));
    right.ranges.push_back(at.before & log_.when(owner_stream(request.owner->name), why.actual));
    break;
  case errc::duplicate_id:
    if (why.actual != 0)
      break;
    right.ranges.push_back(at.some);
    if (request.command && !at.behind_command.empty() &&
        log_.at(log_.place_of(*request.command)).command != request.command)
      right.ranges.push_back(at.behind_command);
    break;
  default: right.ranges.push_back(log_.all());
  }
  return right;
}

right_moments history_answers::of_nothing(op_number number) const {
  const append_request& request = request_of(number);
  const append_result& answer = *appended(of_.operations[number]);
  if (answer.parts.size() != request.parts.size())
    return never(history_rule::forked, "the answer has other parts than the request");
  if (answer.repeated)
    return never(history_rule::wrong_repeat, "nothing was asked for that could be a repeat");
  log_moments when = places_of(number).before_command;
  for (std::size_t i = 0; i < request.parts.size(); ++i) {
    found_.step();
    if (!is_of_nothing(answer.parts[i]))
      return never(history_rule::forked, "a part without events has places");
    if (answer.parts[i].version > log_.version_of(request.parts[i].stream))
      return never(
        history_rule::lost, fmt::format("{} ends before it in the end", request.parts[i].stream));
    when = when & log_.when(request.parts[i].stream, answer.parts[i].version);
  }
  return {{when}, history_rule::stale, "these versions never were together"};
}

/// The original of a command, whatever the repeat asks for: its events of one stream behind each
/// other are a part.
right_moments history_answers::of_command(op_number number, const places& at) const {
  const append_request& request = request_of(number);
  const append_result& answer = *appended(of_.operations[number]);
  const std::uint64_t first = log_.place_of(*request.command);
  if (log_.at(first).command != request.command)
    return never(history_rule::wrong_repeat, "the command's id belongs to another one");
  const std::uint64_t end = std::min(first + log_.at(first).command_events, log_.size() + 1);
  std::vector<appended_part> parts;
  for (std::uint64_t place = first; place < end; ++place) {
    found_.step();
    const logged_event& each = log_.at(place);
    if (place == first || each.stream != log_.at(place - 1).stream)
      parts.push_back({each.version, 0, {place}, {}});
    parts.back().version = each.version;
    parts.back().last_position = {place};
  }
  if (parts != answer.parts || answer.recorded_at != log_.at(end - 1).recorded_at)
    return never(history_rule::forked,
      fmt::format("its command led to what stands at {} to {}", first, end - 1));
  return {{at.behind_command}, history_rule::stale, "the command has not led to this yet"};
}

right_moments history_answers::of_repeat(op_number number) const {
  const append_request& request = request_of(number);
  const append_result& answer = *appended(of_.operations[number]);
  const places at = places_of(number);
  if (request.command && log_.place_of(*request.command) != 0)
    return of_command(number, at);
  log_moments when = at.all;
  for (std::size_t i = 0; i < request.parts.size(); ++i) {
    found_.step();
    const append_part& part = request.parts[i];
    if (part.events.empty())
      when = when & log_.when(part.stream, answer.parts[i].version);
    else if (part.expected.what() == expected_version::kind::exact &&
             part.expected.version() + 1 != answer.parts[i].first_version)
      return never(history_rule::wrong_accept,
        fmt::format("it expected {} of {}", to_string(part.expected), part.stream));
  }
  return {{when}, history_rule::stale, "the log had not all of it like this at any time"};
}

} // namespace aiex::test
