#pragma once

#include "aiex/persistence/state/append_decision.hpp"
#include "aiex/persistence/state/stored_facts.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>

namespace aiex::test {

/// What a leader has proposed in its term and not applied yet, as the next decision sees it: over
/// the state, which it may repeat but never contradicts.
class appends_in_flight {
public:
  /// The state holds all of the log, and this node leads in `term`.
  void begin(std::uint64_t term);
  /// It leads no more, or entries were given up.
  void end() { *this = {}; }
  /// Whether state and this together are the whole log.
  bool is_whole_in(std::uint64_t term) const noexcept { return term_ == term; }

  void add(const entry_view& proposed);

  /// `use` gets `append_facts`.
  template <class Use>
  auto with_facts(const stored_facts& stored, Use use) const {
    const auto version_of = [&](std::string_view stream) {
      const auto found = versions_.find(stream);
      return found != versions_.end() ? found->second : stored.version_of(stream);
    };
    const auto event_at = [&](position where) {
      const auto found = events_.find(where.value);
      return found != events_.end() ? found->second : stored.event_at(where);
    };
    const auto event_by_id = [&](const uuid& id) {
      const auto found = ids_.find(id);
      return found != ids_.end() ? std::optional{events_.at(found->second)}
                                 : stored.event_by_id(id);
    };
    const auto command_by_id = [&](const uuid& id) {
      const auto found = commands_.find(id);
      return found != commands_.end() ? std::optional{found->second} : stored.command_by_id(id);
    };
    return use(append_facts{version_of, event_by_id, event_at, command_by_id});
  }

private:
  std::uint64_t term_ = 0;
  std::map<std::string, std::uint64_t, std::less<>> versions_;
  std::unordered_map<std::uint64_t, known_event> events_;
  std::unordered_map<uuid, std::uint64_t> ids_;
  std::unordered_map<uuid, known_command> commands_;
};

} // namespace aiex::test
