#include "aiex/persistence/state/append_decision.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace aiex {

namespace {

using known_events = std::vector<std::optional<known_event>>;

tl::unexpected<error> wrong_version(
  std::string_view stream, expected_version expected, std::uint64_t current) {
  return fail(errc::wrong_expected_version,
    fmt::format("append to {} refused: expected {}, stream is at {}. Re-read and retry", stream,
      to_string(expected), current),
    current);
}

std::size_t count_events(const append_request& request) {
  std::size_t count = 0;
  for (const append_part& part : request.parts)
    count += part.events.size();
  return count;
}

/// The first id that stands twice in the request.
std::optional<uuid> id_given_twice(const append_request& request, std::size_t count) {
  std::vector<uuid> ids;
  ids.reserve(count);
  for (const append_part& part : request.parts)
    for (const event& each : part.events)
      ids.push_back(each.id);
  std::sort(ids.begin(), ids.end());
  const auto twice = std::adjacent_find(ids.begin(), ids.end());
  return twice == ids.end() ? std::nullopt : std::optional{*twice};
}

append_result current_versions(const append_request& request, const append_facts& facts) {
  append_result answer;
  for (const append_part& part : request.parts)
    answer.parts.push_back({0, facts.version_of(part.stream), {}, {}});
  return answer;
}

result<append_decision> accept(const append_request& request, const append_facts& facts) {
  if (request.owner) {
    const std::uint64_t epoch = facts.version_of(owner_stream(request.owner->name));
    if (epoch != request.owner->epoch)
      return fail(errc::stale_epoch,
        fmt::format("append as owner of {} refused: epoch {} has ended, the epoch is {}. The "
                    "owner is somebody else now: stop writing",
          request.owner->name, request.owner->epoch, epoch),
        epoch);
  }
  accepted verdict;
  for (const append_part& part : request.parts) {
    const std::uint64_t current = facts.version_of(part.stream);
    if (!part.expected.holds_at(current))
      return wrong_version(part.stream, part.expected, current);
    verdict.versions_before.push_back(current);
  }
  return verdict;
}

/// Whether `part` is in the log as it stands: this stream, consecutive, in order, equal content.
bool is_in_log(const append_part& part, std::span<const std::optional<known_event>> known,
  std::span<const digest> contents) {
  for (std::size_t i = 0; i < part.events.size(); ++i)
    if (known[i]->stream != part.stream || known[i]->content != contents[i] ||
        known[i]->version != known[0]->version + i)
      return false;
  return true;
}

result<append_decision> repeat(const append_request& request, const known_events& known,
  std::span<const digest> contents, const append_facts& facts) {
  std::size_t at = 0;
  for (const append_part& part : request.parts) { // all of them, before any version is looked at
    const std::size_t count = part.events.size();
    if (!is_in_log(part, std::span{known}.subspan(at, count), contents.subspan(at, count)))
      return fail(errc::duplicate_id,
        fmt::format("append to {} refused: its ids are in the log already, with other content or "
                    "in another place. Use new ids for new events",
          part.stream));
    at += count;
  }
  append_result answer;
  answer.repeated = true;
  at = 0;
  for (const append_part& part : request.parts) {
    const auto events = std::span{known}.subspan(at, part.events.size());
    at += part.events.size();
    if (events.empty()) {
      answer.parts.push_back({0, facts.version_of(part.stream), {}, {}});
      continue;
    }
    const bool expects_number = part.expected.what() == expected_version::kind::exact;
    if (expects_number && events.front()->version != part.expected.version() + 1)
      return wrong_version(part.stream, part.expected, facts.version_of(part.stream));
    answer.parts.push_back({events.front()->version, events.back()->version,
      events.front()->position, events.back()->position});
    answer.recorded_at = events.back()->recorded_at;
  }
  return answer;
}

} // namespace

result<append_result> original_of_command(const command_reference& command,
  const known_command& known, function_ref<known_event(position)> event_at) {
  if (known.digest != command.digest)
    return fail(errc::duplicate_id,
      fmt::format("command {} refused: the id belongs to another command. Use a new id for a new "
                  "command",
        to_string(command.id)));
  append_result answer;
  answer.repeated = true;
  std::string stream;
  for (std::uint64_t i = 0; i < known.count; ++i) {
    const known_event each = event_at(known.first + i);
    if (i == 0 || each.stream != stream)
      answer.parts.push_back({each.version, 0, each.position, {}});
    answer.parts.back().version = each.version;
    answer.parts.back().last_position = each.position;
    answer.recorded_at = each.recorded_at;
    stream = each.stream;
  }
  return answer;
}

result<append_decision> decide_append(
  const append_request& request, std::span<const digest> contents, const append_facts& facts) {
  if (request.command)
    if (const auto known = facts.command_by_id(request.command->id))
      return original_of_command(*request.command, *known, facts.event_at);

  const std::size_t count = count_events(request);
  if (count == 0)
    return current_versions(request, facts);
  if (const auto twice = id_given_twice(request, count))
    return fail(errc::duplicate_id,
      fmt::format("append refused: id {} stands twice in the batch", to_string(*twice)));

  known_events known;
  known.reserve(count);
  for (const append_part& part : request.parts)
    for (const event& each : part.events)
      known.push_back(facts.event_by_id(each.id));
  const auto unknown =
    static_cast<std::size_t>(std::count(known.begin(), known.end(), std::nullopt));
  if (unknown == count)
    return accept(request, facts);
  if (unknown == 0)
    return repeat(request, known, contents, facts);
  return fail(errc::duplicate_id,
    fmt::format("append refused: {} of {} ids are in the log already. Use new ids for new events",
      count - unknown, count));
}

} // namespace aiex
