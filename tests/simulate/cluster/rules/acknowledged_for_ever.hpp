#pragma once

#include "simulate/cluster/agreed_log.hpp"
#include "simulate/cluster/rules/broken_rule.hpp"

#include <map>
#include <utility>

namespace aiex::test {

/// What a client is told was appended is agreed on, there, as it was asked for. Of two who expect
/// one version one wins, and a repeat is answered with the original. What is agreed on never
/// changes, so looking once is enough.
class acknowledged_for_ever {
public:
  static constexpr std::string_view name = "acknowledged_for_ever";

  void look(const append_request& request, const append_result& answer, const agreed_log& agreed) {
    if (request.command && answer.repeated)
      return same_command(request, answer, agreed);
    for (std::size_t i = 0; i < request.parts.size(); ++i)
      for (std::size_t at = 0; at < request.parts[i].events.size(); ++at)
        same(request.parts[i].stream, request.parts[i].events[at].id,
          answer.parts[i].first_position.value + at, answer.parts[i].first_version + at, agreed);
    for (const append_part& part : request.parts)
      if (!part.events.empty() && !answer.repeated &&
          part.expected.what() == expected_version::kind::exact)
        wins(part.stream, part.expected.version() + 1, part.events.front().id);
  }

private:
  void wins(const std::string& stream, std::uint64_t version, const uuid& id) {
    const auto [known, is_new] = winners_.try_emplace({stream, version}, id);
    if (!is_new && known->second != id)
      throw broken_rule{
        "one_winner", "two appends got version " + std::to_string(version) + " of " + stream};
  }
  static void same(const std::string& stream, const uuid& id, std::uint64_t position,
    std::uint64_t version, const agreed_log& agreed) {
    const std::string where = "position " + std::to_string(position) + ", version " +
                              std::to_string(version) + " of " + stream;
    if (position == 0 || position > agreed.events().size())
      throw broken_rule{name, "acknowledged and not agreed on: " + where};
    const logged_event& there = agreed.events()[position - 1];
    if (there.id != id || there.version != version || there.stream != stream)
      throw broken_rule{name, "another event is agreed on at " + where};
  }
  static void same_command(
    const append_request& request, const append_result& answer, const agreed_log& agreed) {
    const std::uint64_t first = answer.parts.front().first_position.value;
    const bool is_there = first > 0 && first <= agreed.events().size() &&
                          agreed.events()[first - 1].command == request.command;
    if (!is_there)
      throw broken_rule{
        "repeat_is_original", "a command is answered as a repeat with what another one led to"};
  }

  std::map<std::pair<std::string, std::uint64_t>, uuid> winners_;
};

} // namespace aiex::test
