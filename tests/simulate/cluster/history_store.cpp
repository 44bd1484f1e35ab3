#include "simulate/cluster/history_store.hpp"

#include "aiex/persistence/log/entry.hpp"
#include "aiex/persistence/state/append_decision.hpp"

namespace aiex::test {

std::uint64_t history_store::version_of(const std::string& stream) const {
  const auto found = positions_.find(stream);
  return found == positions_.end() ? 0 : found->second.size();
}

result<append_result> history_store::append(const append_request& request, timestamp now) {
  std::vector<digest> contents;
  sha256 hash;
  for (const append_part& part : request.parts)
    for (const event& each : part.events)
      contents.push_back(content_digest(hash, part.stream, each.type, each.data, each.metadata));
  const auto event_at = [&](position at) -> known_event {
    const logged_event& there = log_[at.value - 1];
    return {there.stream, there.version, at, there.recorded_at, there.content};
  };
  const auto version = [&](std::string_view stream) { return version_of(std::string{stream}); };
  const auto event_by_id = [&](const uuid& id) -> std::optional<known_event> {
    const auto found = places_.find(id);
    return found == places_.end() ? std::nullopt : std::optional{event_at({found->second})};
  };
  const auto command_by_id = [&](const uuid& id) -> std::optional<known_command> {
    const auto found = commands_.find(id);
    if (found == commands_.end())
      return std::nullopt;
    const logged_event& first = log_[found->second - 1];
    return known_command{first.command->digest, {found->second}, first.command_events};
  };
  auto decided = decide_append(request, contents, {version, event_by_id, event_at, command_by_id});
  if (!decided)
    return tl::unexpected(decided.error());
  if (auto* answer = std::get_if<append_result>(&*decided))
    return std::move(*answer);
  return write(request, contents, now);
}

append_result history_store::write(
  const append_request& request, const std::vector<digest>& contents, timestamp now) {
  append_result answer;
  answer.recorded_at = now;
  std::size_t next = 0;
  for (const append_part& part : request.parts) {
    auto& versions = positions_[part.stream];
    appended_part told{0, versions.size(), {}, {}};
    for (const event& each : part.events) {
      log_.push_back({part.stream, versions.size() + 1, each.id, contents[next], now});
      const position at{log_.size()};
      if (next++ == 0 && request.command) {
        log_.back().command = request.command;
        log_.back().command_events = contents.size();
        commands_[request.command->id] = at.value;
      }
      versions.push_back(at.value);
      places_[each.id] = at.value;
      if (told.first_version == 0) {
        told.first_version = versions.size();
        told.first_position = at;
      }
      told.version = versions.size();
      told.last_position = at;
    }
    answer.parts.push_back(told);
  }
  return answer;
}

seen_until history_store::look(const client_call& asked) const {
  std::uint64_t at = log_.size();
  std::uint64_t place = at;
  if (const auto* read = std::get_if<read_stream>(&asked)) {
    const auto found = positions_.find(read->name);
    at = found == positions_.end() ? 0 : found->second.size();
    place = at == 0 ? 0 : found->second.back();
  }
  return {at, place == 0 ? uuid{} : log_[place - 1].id};
}

} // namespace aiex::test
