#include "simulate/cluster/appends_in_flight.hpp"

namespace aiex::test {

void appends_in_flight::begin(std::uint64_t term) {
  end();
  term_ = term;
}

void appends_in_flight::add(const entry_view& proposed) {
  for (std::uint32_t i = 0; i < proposed.header().event_count; ++i) {
    const auto header = proposed.header_of(i);
    invariant(header.has_value(), "an entry that was just made cannot be read");
    const recorded_event& event = header->event;
    const std::uint64_t at = event.position.value;
    versions_.insert_or_assign(std::string{event.stream}, event.version);
    events_.insert_or_assign(at, known_event{std::string{event.stream}, event.version,
                                   event.position, event.recorded_at, header->content});
    ids_.insert_or_assign(event.id, at);
    if (header->command)
      commands_.insert_or_assign(header->command->id,
        known_command{header->command->digest, event.position, header->command_events});
  }
}

} // namespace aiex::test
