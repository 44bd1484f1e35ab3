#include "aiex/persistence/state/append_group.hpp"

#include <algorithm>

namespace aiex {

namespace {

entry_header header_behind(const state_head& head, std::uint64_t term) {
  entry_header header;
  header.kind = entry_kind::events;
  header.index = head.index + 1;
  header.term = term;
  header.recorded_at = head.recorded_at;
  header.first_position = head.position.next();
  header.previous = head.chain;
  return header;
}

} // namespace

append_group::append_group(const state_head& head, std::uint64_t term)
    : header_(header_behind(head, term)), builder_(header_) {}

result<append_result> append_group::add(
  const append_request& request, const append_facts& committed) {
  std::vector<digest> contents;
  for (const append_part& part : request.parts)
    for (const event& each : part.events)
      contents.push_back(content_digest(hash_, part.stream, each.type, each.data, each.metadata));
  auto decision = decide(request, contents, committed);
  if (!decision)
    return tl::unexpected(std::move(decision.error()));
  if (auto* answer = std::get_if<append_result>(&*decision))
    return std::move(*answer);
  return accept(request, std::get<accepted>(*decision), contents);
}

void append_group::follow(const chain_end& end) {
  invariant(end.position.next() == header_.first_position, "events came before a group's own");
  header_.index = end.index + 1;
  header_.recorded_at = end.recorded_at;
  header_.previous = end.chain;
  builder_.follow(header_.index, header_.previous);
}

std::string append_group::finish(timestamp now) {
  header_.recorded_at = std::max(now, header_.recorded_at);
  for (known_event& each : events_)
    each.recorded_at = header_.recorded_at;
  return builder_.finish(header_.recorded_at);
}

void append_group::date(append_result& answer) const {
  const auto in_group = [this](const appended_part& part) {
    return part.last_position >= header_.first_position;
  };
  const auto last = std::find_if(answer.parts.rbegin(), answer.parts.rend(),
    [](const appended_part& part) { return part.last_position != position{}; });
  if (last != answer.parts.rend() && in_group(*last))
    answer.recorded_at = header_.recorded_at;
}

std::optional<std::uint64_t> append_group::version_of(std::string_view stream) const {
  const auto found = versions_.find(stream);
  return found != versions_.end() ? std::optional{found->second} : std::nullopt;
}

const known_event* append_group::event_by_id(const uuid& id) const {
  const auto found = by_id_.find(id);
  return found != by_id_.end() ? &events_[found->second] : nullptr;
}

const known_event* append_group::event_at(position where) const {
  const position first = header_.first_position;
  return where >= first && where < first + events_.size() ? &events_[where.value - first.value]
                                                          : nullptr;
}

const known_command* append_group::command_by_id(const uuid& id) const {
  const auto found = commands_.find(id);
  return found != commands_.end() ? &found->second : nullptr;
}

result<append_decision> append_group::decide(
  const append_request& request, std::span<const digest> contents, const append_facts& committed) {
  const auto version = [&](std::string_view stream) {
    const auto here = version_of(stream);
    return here ? *here : committed.version_of(stream);
  };
  const auto by_id = [&](const uuid& id) {
    const known_event* here = event_by_id(id);
    return here != nullptr ? std::optional{*here} : committed.event_by_id(id);
  };
  const auto at = [&](position where) {
    const known_event* here = event_at(where);
    return here != nullptr ? *here : committed.event_at(where);
  };
  const auto command = [&](const uuid& id) {
    const known_command* here = command_by_id(id);
    return here != nullptr ? std::optional{*here} : committed.command_by_id(id);
  };
  return decide_append(request, contents, {version, by_id, at, command});
}

append_result append_group::accept(
  const append_request& request, const accepted& verdict, std::span<const digest> contents) {
  append_result answer;
  const std::size_t first = events_.size();
  std::string correlation; // of the events that name none
  for (std::size_t i = 0; i < request.parts.size(); ++i) {
    const append_part& part = request.parts[i];
    const position first_position = header_.first_position + events_.size();
    std::uint64_t version = verdict.versions_before[i];
    for (const event& each : part.events) {
      const position where = header_.first_position + events_.size();
      const std::size_t at = events_.size() - first;
      const bool leads = at == 0;
      if (correlation.empty())
        correlation = to_string(each.id);
      builder_.add(
        each, {.stream = part.stream,
                .version = ++version,
                .content = contents[at],
                .correlation_id = each.correlation_id.empty() ? correlation : each.correlation_id,
                .node = request.node,
                .owner = request.owner ? &*request.owner : nullptr,
                .command = leads && request.command ? &*request.command : nullptr,
                .command_events = leads ? contents.size() : 0});
      by_id_.emplace(each.id, events_.size());
      events_.push_back({part.stream, version, where, {}, contents[at]});
    }
    if (part.events.empty()) {
      answer.parts.push_back({0, version, {}, {}});
      continue;
    }
    versions_.insert_or_assign(part.stream, version);
    answer.parts.push_back({verdict.versions_before[i] + 1, version, first_position,
      {header_.first_position.value + events_.size() - 1}});
  }
  if (request.command)
    commands_.emplace(request.command->id,
      known_command{request.command->digest, header_.first_position + first, contents.size()});
  return answer;
}

} // namespace aiex
