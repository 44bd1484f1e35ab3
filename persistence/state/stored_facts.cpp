// Tested by tests/persistence/store/event_store_test.cpp
#include "aiex/persistence/state/stored_facts.hpp"

#include "aiex/persistence/state/with_entry.hpp"

namespace aiex {

std::uint64_t stored_facts::version_of(std::string_view stream) const {
  const auto& found = find_once(tables_, stream, streams_);
  return found ? found->version : 0;
}

std::optional<known_event> stored_facts::event_by_id(const uuid& id) const {
  const auto where = find_event(tables_, id);
  return where ? std::optional{event_at(*where)} : std::nullopt;
}

known_event stored_facts::event_at(position where) const {
  const auto place = find_place(tables_, where);
  if (!place)
    throw storage_failure{
      {errc::corrupt, "the state knows an event that it has no place for", where.value}};
  known_event known;
  auto read = with_entry(log_, place->index, [&](const entry_view& entry) -> result<void> {
    const std::uint64_t ordinal = where.value - entry.header().first_position.value;
    if (!entry.header().holds(where))
      return fail(errc::corrupt, "an event is not in the entry that the state names", where.value);
    const auto header = entry.header_of(static_cast<std::uint32_t>(ordinal));
    if (!header)
      return tl::unexpected(header.error());
    known = {std::string{header->event.stream}, header->event.version, where,
      header->event.recorded_at, header->content};
    return {};
  });
  if (!read)
    throw storage_failure{std::move(read.error())};
  return known;
}

std::optional<known_command> stored_facts::command_by_id(const uuid& id) const {
  const auto found = find_command(tables_, id);
  return found ? std::optional{known_command{found->digest, found->first, found->count}}
               : std::nullopt;
}

} // namespace aiex
