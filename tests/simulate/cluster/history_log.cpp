#include "simulate/cluster/history_log.hpp"

#include <fmt/format.h>

namespace aiex::test {

history_log::history_log(const final_log& log, const history_tries& tries, history_findings& found)
    : log_(log) {
  for (std::uint64_t position = 1; position <= log.size(); ++position) {
    const logged_event& event = at(position);
    found.step();
    auto& versions = streams_[event.stream];
    versions.push_back(position);
    if (event.version != versions.size())
      found.add(history_rule::gap, {},
        fmt::format("{} has version {} at position {}, where {} belongs", event.stream,
          event.version, position, versions.size()));
    if (const auto [first, is_new] = places_.emplace(event.id, position); !is_new)
      found.add(history_rule::doubled, tries.one_of(event.id),
        fmt::format("event {} of {} stands in the log twice, at {} and at {}", to_string(event.id),
          event.stream, first->second, position));
    if (!event.command)
      continue;
    if (const auto [first, is_new] = commands_.emplace(event.command->id, position); !is_new)
      found.add(history_rule::doubled, tries.one_of(event.id),
        fmt::format("command {} led to events twice, at {} and at {}", to_string(event.command->id),
          first->second, position));
  }
}

std::uint64_t history_log::place_of(const uuid& id) const {
  const auto found = places_.find(id);
  return found == places_.end() ? 0 : found->second;
}

std::uint64_t history_log::place_of(const command_reference& command) const {
  const auto found = commands_.find(command.id);
  return found == commands_.end() ? 0 : found->second;
}

const std::vector<std::uint64_t>* history_log::positions_of(std::string_view stream) const {
  const auto found = streams_.find(std::string{stream});
  return found == streams_.end() ? nullptr : &found->second;
}

std::uint64_t history_log::version_of(std::string_view stream) const {
  const auto* positions = positions_of(stream);
  return positions == nullptr ? 0 : positions->size();
}

log_moments history_log::when(std::string_view stream, std::uint64_t version) const {
  const auto* positions = positions_of(stream);
  const std::uint64_t versions = positions == nullptr ? 0 : positions->size();
  if (version > versions)
    return {};
  return {version == 0 ? 0 : (*positions)[version - 1],
    version == versions ? size() : (*positions)[version] - 1};
}

log_moments history_log::when(std::string_view stream, expected_version expected) const {
  switch (expected.what()) {
  case expected_version::kind::any: return all();
  case expected_version::kind::exact: return when(stream, expected.version());
  case expected_version::kind::exists: break;
  }
  const log_moments first = when(stream, std::uint64_t{1});
  return first.empty() ? first : log_moments{first.first, size()};
}

} // namespace aiex::test
