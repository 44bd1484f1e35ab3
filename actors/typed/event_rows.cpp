#include "aiex/actors/typed/event_rows.hpp"

namespace aiex {

result<applied_event> apply_event(
  std::span<const event_row> rows, void* state, event_context& context) {
  const recorded_event& event = context.event;
  bool is_listed_type = false;
  for (const event_row& row : rows) {
    const bool takes_all = row.type.empty();
    if (!takes_all && row.type != event.type)
      continue;
    if (takes_all || row.schema == event.schema)
      return row.apply(state, context).map([] { return applied_event::applied; });
    is_listed_type = true;
  }
  if (!is_listed_type)
    return applied_event::skipped;
  return fail(errc::unknown_version,
    "event '" + std::string{event.type} + "' at position " + std::to_string(event.position.value) +
      " has schema " + std::to_string(event.schema) +
      ", which this program cannot read: start one that is as new as the one that wrote it",
    event.schema);
}

} // namespace aiex
