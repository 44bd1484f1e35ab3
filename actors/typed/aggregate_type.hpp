// An aggregate as a plain value: what the runtime needs to know of a struct like
//
//   struct account {
//     static constexpr std::string_view category = "account";
//     using commands = aiex::list<open, deposit, withdraw>;
//     using events = aiex::list<opened, deposited, withdrawn>;
//     struct state { … };                                  // with `fields`: it has snapshots
//     static aiex::decision<events> decide(const state&, const withdraw&);   // for each command
//     static void apply(state&, const withdrawn&);                          // for each event
//     static void apply(state&, const opened&, const recorded_event&);  // or so: when, and by whom
//     static bool is_over(const state&);     // if need be: there is no use in keeping it alive
//     static constexpr std::uint64_t state_version = 2;   // another one when what `apply` does
//     with
//                                                         // events there are already changes
//   };
//
// Checked when it is compiled: one mistake, one error.
#pragma once

#include "aiex/actors/typed/any_state.hpp"
#include "aiex/actors/typed/decision.hpp"
#include "aiex/actors/typed/event_rows.hpp"

#include <string_view>
#include <vector>

namespace aiex {

struct command_row {
  std::string_view type;
  /// Errors: invalid_data (the command's, or what it decided cannot be stored).
  result<decided> (*decide)(const void* state, std::string_view json, json_reader& reader);
};

struct aggregate_type {
  std::string_view category;
  state_type state{};
  std::vector<command_row> commands{};
  std::vector<event_row> events{};
  bool is_owned = false; ///< `static constexpr bool owned = true`: writes carry owner and epoch.
  bool (*is_over)(const void* state) = nullptr; ///< Null: never.
  /// Of all that makes the state from events and can be seen: its form, the types and schemas that
  /// are applied, `state_version`. A snapshot with another one is not used, for a replay might make
  /// another state.
  std::uint64_t fingerprint = 0;
};

/// See `aggregate_type::fingerprint`.
std::uint64_t fold_fingerprint(const aggregate_type& type, std::uint64_t state_version);

template <class Aggregate, class Command>
constexpr bool decides() {
  constexpr bool found = requires(const typename Aggregate::state& now, const Command& wish) {
    { Aggregate::decide(now, wish) } -> std::same_as<decision<typename Aggregate::events>>;
  };
  static_assert(found,
    "aiex: a command has no `static aiex::decision<events> decide(const state&, const Command&)`");
  return found;
}

template <class Aggregate, class Event>
constexpr bool applies() {
  using state = typename Aggregate::state;
  constexpr bool found = requires(state & now, const Event& event) {
    { Aggregate::apply(now, event) } -> std::same_as<void>;
  }
  || requires(state & now, const Event& event, const recorded_event& recorded) {
    { Aggregate::apply(now, event, recorded) } -> std::same_as<void>;
  };
  static_assert(found, "aiex: an event has no `static void apply(state&, const Event&)`");
  return found;
}

template <class Aggregate, class Event>
void apply_to(typename Aggregate::state& now, const Event& event, const recorded_event& recorded) {
  if constexpr (requires { Aggregate::apply(now, event, recorded); })
    Aggregate::apply(now, event, recorded);
  else
    Aggregate::apply(now, event);
}

template <class Aggregate>
concept aggregate_shaped = requires {
  requires std::convertible_to<decltype(Aggregate::category), std::string_view>;
  requires std::default_initializable<typename Aggregate::state>;
  typename Aggregate::commands;
  typename Aggregate::events;
};

template <class Aggregate, class... Command, class... Event>
constexpr bool members_fit(list<Command...>, list<Event...>) {
  if constexpr ((has_fields<Command>() && ...) && (has_fields<Event>() && ...))
    if constexpr (types_are_unique<Aggregate, list<Command...>>() &&
                  types_are_unique<Aggregate, list<Event...>>())
      return (decides<Aggregate, Command>() && ...) && (applies<Aggregate, Event>() && ...);
  return false;
}

template <class Aggregate>
constexpr bool is_aggregate_checked() {
  static_assert(aggregate_shaped<Aggregate>,
    "aiex: an aggregate has `category`, `state`, and the lists `commands` and `events`");
  if constexpr (aggregate_shaped<Aggregate>)
    return members_fit<Aggregate>(typename Aggregate::commands{}, typename Aggregate::events{});
  else
    return false;
}

template <class Aggregate, class Command>
result<decided> decide_row(const void* state, std::string_view json, json_reader& reader) {
  Command wish{};
  if (auto read = reader.read(json, wish); !read)
    return tl::unexpected(std::move(read.error()));
  const auto& now = *static_cast<const typename Aggregate::state*>(state);
  return Aggregate::decide(now, std::as_const(wish)).encode_all();
}

template <class Aggregate>
std::uint64_t state_version_of() {
  if constexpr (requires { Aggregate::state_version; })
    return Aggregate::state_version;
  else
    return 1;
}

template <class Aggregate>
aggregate_type aggregate_type_of() {
  aggregate_type made;
  if constexpr (is_aggregate_checked<Aggregate>()) {
    using state = typename Aggregate::state;
    const auto apply = [](state& now, const auto& event, event_context& context) -> result<void> {
      apply_to<Aggregate>(now, event, context.event);
      return {};
    };
    made.category = Aggregate::category;
    made.state = state_type_of<state>();
    [&]<class... Command, class... Event>(list<Command...>, list<Event...>) {
      made.commands = {{Command::fields.type, decide_row<Aggregate, Command>}...};
      (add_event_rows<decltype(apply), state, Event>(made.events), ...);
    }(typename Aggregate::commands{}, typename Aggregate::events{});
    made.fingerprint = fold_fingerprint(made, state_version_of<Aggregate>());
    if constexpr (requires { Aggregate::owned; })
      made.is_owned = Aggregate::owned;
    if constexpr (requires(const state& now) { Aggregate::is_over(now); })
      made.is_over = [](const void* now) {
        return Aggregate::is_over(*static_cast<const state*>(now));
      };
  }
  return made;
}

/// Finds the command and lets it decide. Errors: unknown_type, those of `command_row::decide`.
result<decided> decide(const aggregate_type& type, const void* state, std::string_view command,
  std::string_view json, json_reader& reader);

} // namespace aiex
