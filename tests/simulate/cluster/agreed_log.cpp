#include "simulate/cluster/agreed_log.hpp"

#include "simulate/cluster/projection_sum.hpp"
#include "simulate/cluster/rules/owner_of_epoch.hpp"
#include "simulate/cluster/rules/versions_without_gap.hpp"

namespace aiex::test {

std::uint64_t agreed_log::version_of(const std::string& stream) const {
  const auto found = versions_.find(stream);
  return found == versions_.end() ? 0 : found->second;
}

void agreed_log::take(consensus::log_place place, std::uint64_t by_term, std::string_view bytes) {
  const auto entry = chain_.take(bytes);
  if (!entry)
    throw broken_rule{versions_without_gap::name,
      "entry " + std::to_string(place.index) + " does not follow: " + entry.error().message};
  entries_.push_back({place, by_term, chain_.end()});
  for (std::uint32_t i = 0; i < entry->header().event_count; ++i) {
    const auto header = entry->header_of(i);
    const recorded_event& event = header->event;
    const std::string stream{event.stream};
    versions_without_gap::look(event, events_.size(), version_of(stream));
    if (!event.owner.empty())
      owner_of_epoch::look(event, version_of(owner_stream(event.owner)));
    session_owners_.look(event, version_of(owner_stream(stream)));
    versions_[stream] = event.version;
    events_.push_back({stream, event.version, event.id, header->content, event.recorded_at,
      header->command, header->command_events});
    sums_.push_back(added_to_projection(sums_.back(), event.id));
  }
}

} // namespace aiex::test
