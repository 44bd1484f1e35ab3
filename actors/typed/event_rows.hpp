// From the bytes of an event to the function that handles it, without a base class or registry: a
// row per type and schema, made from a list at compile time.
//
// An event of a type that is not listed is skipped. A listed type in a schema that is not known is
// an error: it was meant for this program, and it cannot read it. Older schemas are lifted, one
// version at a time: `using previous = opened_v1; static opened upcast(opened_v1 old);`
#pragma once

#include "aiex/actors/typed/row_table.hpp"
#include "aiex/persistence/codec/json_reader.hpp"
#include "aiex/persistence/log/event.hpp"

#include <concepts>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace aiex {

/// What stands around an event that is handled.
struct event_context {
  const recorded_event& event;
  json_reader& reader;
  row_table* rows = nullptr; ///< A projection's.
};

struct event_row {
  std::string_view type; ///< Empty: any type, as it comes.
  std::uint32_t schema = 1;
  result<void> (*apply)(void* state, event_context& context) = nullptr;
};

template <class Event>
concept has_previous = requires {
  typename Event::previous;
};

template <class Event>
constexpr bool upcast_fits() {
  using older = typename Event::previous;
  constexpr bool fits = requires(older old) {
    { Event::upcast(old) } -> std::same_as<Event>;
  }
  &&older::fields.type == Event::fields.type&& older::fields.schema + 1 == Event::fields.schema;
  static_assert(fits,
    "aiex: `previous` is the same stored type one schema older, and `static Event "
    "upcast(previous)` makes the new one of it");
  return fits;
}

/// Reads what was stored as `Stored` and lifts it to `Event`.
template <class Event, class Stored>
result<void> read_as(std::string_view json, json_reader& reader, Event& into) {
  if constexpr (std::same_as<Event, Stored>) {
    return reader.read(json, into);
  } else {
    typename Event::previous older{};
    auto read = read_as<decltype(older), Stored>(json, reader, older);
    if (read)
      into = Event::upcast(std::move(older));
    return read;
  }
}

/// Rows for an event and each older schema of it. `Handle` is a stateless functor:
/// `(State&, const Event&, event_context&) -> result<void>`.
template <class Handle, class State, class Event, class Stored = Event>
void add_event_rows(std::vector<event_row>& rows) {
  rows.push_back({Stored::fields.type, Stored::fields.schema,
    [](void* state, event_context& context) -> result<void> {
      Event event{};
      if (auto read = read_as<Event, Stored>(context.event.data, context.reader, event); !read)
        return read;
      return Handle{}(*static_cast<State*>(state), std::as_const(event), context);
    }});
  if constexpr (has_previous<Stored>)
    if constexpr (upcast_fits<Stored>())
      add_event_rows<Handle, State, Event, typename Stored::previous>(rows);
}

enum class applied_event : std::uint8_t { applied, skipped };

/// Hands one event to its row. Errors: unknown_version (a listed type in an unknown schema), those
/// of the row. The state may then be half changed.
result<applied_event> apply_event(
  std::span<const event_row> rows, void* state, event_context& context);

template <class... Types>
constexpr bool stored_names_differ(list<Types...>) {
  const std::array<std::string_view, sizeof...(Types)> all{Types::fields.type...};
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (all[i] == all[j])
        return false;
  return true;
}

template <class Owner, class List>
constexpr bool types_are_unique() {
  constexpr bool unique = stored_names_differ(List{});
  static_assert(unique, "aiex: two types in one list are stored under one name");
  return unique;
}

} // namespace aiex
