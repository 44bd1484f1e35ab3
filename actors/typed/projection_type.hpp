// A projection as a plain value: what the runtime needs to know of a struct like
//
//   struct totals {
//     static constexpr std::string_view name = "totals", from = "account";   // from: a category
//     using events = aiex::list<withdrawn>;       // without it: all events, as they come
//     struct state { … };                         // with `fields`: it is saved with its position
//     static void on(state&, const withdrawn&);   // for each event, in one of these forms:
//       on(state&, const Event&)
//       on(state&, const Event&, const recorded_event&)
//       on(state&, row_table&, const Event&, const recorded_event&)
//     static constexpr aiex::projection_options options{…};                  // if need be
//   };
#pragma once

#include "aiex/actors/typed/any_state.hpp"
#include "aiex/actors/typed/event_rows.hpp"

#include <chrono>
#include <string_view>
#include <vector>

namespace aiex {

/// What happens when an event cannot be handled. Never anybody else's trouble.
enum class failure_policy : std::uint8_t {
  stop,  ///< It stands still in front of the event until an operator says resume or skip.
  retry, ///< The same again, with growing pauses; after `retries_max` it stops.
  skip,  ///< The event is counted as skipped, and the next one is handled.
};

struct projection_options {
  failure_policy on_failure = failure_policy::stop;
  std::uint32_t retries_max = 10;
  std::uint32_t save_every_events = 1'000;
  std::chrono::milliseconds save_every{200}; ///< While there is something to save.
  bool is_inline = false; ///< The answer of an append waits for it; see `store::append`.
};

struct projection_type {
  std::string_view name;
  std::string_view from; ///< A category; empty: all.
  state_type state{};
  std::vector<event_row> events{};
  projection_options options{};
};

template <class Projection, class Event>
constexpr int form_of_handler() {
  using state = typename Projection::state;
  if constexpr (requires(state & now, row_table & rows, const Event& event,
                  const recorded_event& recorded) {
                  { Projection::on(now, rows, event, recorded) } -> std::same_as<void>;
                })
    return 3;
  else if constexpr (requires(state & now, const Event& event, const recorded_event& recorded) {
                       { Projection::on(now, event, recorded) } -> std::same_as<void>;
                     })
    return 2;
  else if constexpr (requires(state & now, const Event& event) {
                       { Projection::on(now, event) } -> std::same_as<void>;
                     })
    return 1;
  else
    return 0;
}

template <class Projection, class Event>
constexpr bool listens() {
  constexpr bool found = form_of_handler<Projection, Event>() != 0;
  static_assert(
    found, "aiex: an event of the projection has no `static void on(state&, const Event&)`");
  return found;
}

/// Takes events as they come: `on(state&, const recorded_event&)`.
template <class Projection>
concept takes_recorded = requires(typename Projection::state& now, const recorded_event& event) {
  { Projection::on(now, event) } -> std::same_as<void>;
};

template <class Projection>
concept projection_shaped = requires {
  requires std::convertible_to<decltype(Projection::name), std::string_view>;
  requires std::convertible_to<decltype(Projection::from), std::string_view>;
  requires std::default_initializable<typename Projection::state>;
}
&&(requires { typename Projection::events; } || takes_recorded<Projection>);

template <class Projection, class... Event>
constexpr bool listens_to_all(list<Event...>) {
  if constexpr ((has_fields<Event>() && ...))
    if constexpr (types_are_unique<Projection, list<Event...>>())
      return (listens<Projection, Event>() && ...);
  return false;
}

template <class Projection>
constexpr bool is_projection_checked() {
  static_assert(projection_shaped<Projection>,
    "aiex: a projection has `name`, `from` (a category), `state` and the list `events`");
  if constexpr (projection_shaped<Projection>)
    if constexpr (has_fields<typename Projection::state>()) { // it is saved with the position
      if constexpr (requires { typename Projection::events; })
        return listens_to_all<Projection>(typename Projection::events{});
      else
        return true;
    }
  return false;
}

template <class Projection>
struct projection_handler {
  template <class State, class Event>
  result<void> operator()(State& now, const Event& event, event_context& context) const {
    constexpr int form = form_of_handler<Projection, Event>();
    if constexpr (form == 3) {
      invariant(context.rows != nullptr, "a projection with rows got none");
      Projection::on(now, *context.rows, event, context.event);
    } else if constexpr (form == 2) {
      Projection::on(now, event, context.event);
    } else {
      Projection::on(now, event);
    }
    if (context.rows != nullptr && context.rows->failure())
      return tl::unexpected(*context.rows->failure());
    return {};
  }
};

template <class Projection>
projection_type projection_type_of() {
  projection_type made;
  if constexpr (is_projection_checked<Projection>()) {
    using state = typename Projection::state;
    made.name = Projection::name;
    made.from = Projection::from;
    made.state = state_type_of<state>();
    if constexpr (requires { Projection::options; })
      made.options = Projection::options;
    if constexpr (requires { typename Projection::events; })
      [&]<class... Event>(list<Event...>) {
        (add_event_rows<projection_handler<Projection>, state, Event>(made.events), ...);
      }(typename Projection::events{});
    else
      made.events.push_back({"", 1, [](void* now, event_context& context) -> result<void> {
                               Projection::on(*static_cast<state*>(now), context.event);
                               return {};
                             }});
  }
  return made;
}

} // namespace aiex
