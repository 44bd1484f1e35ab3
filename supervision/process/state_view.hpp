// What `get_state_call` shows of an actor. A `stateful_actor<State>` is asked, in this order:
//   state_text(state)                  beside State, or a friend of it
//   state_text(state, State::fields)   beside the type of `fields`: a described struct, as JSON
// Another actor, and a state with neither, shows its type and its counters.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <typeinfo>
#include <utility>

namespace aiex {

struct state_view {
  const std::type_info* type = nullptr; ///< Null: the actor has no state that is known.
  void* value = nullptr;
  std::string (*text)(const void* value) = nullptr; ///< Null: it says nothing of itself.
};

template <class State>
state_view view_of(State& state) {
  state_view made{&typeid(State), &state, nullptr};
  if constexpr (requires(const State& it) {
                  { state_text(it) } -> std::convertible_to<std::string>;
                })
    made.text = [](const void* it) -> std::string {
      return state_text(*static_cast<const State*>(it));
    };
  else if constexpr (requires(const State& it) {
                       { state_text(it, State::fields) } -> std::convertible_to<std::string>;
                     })
    made.text = [](const void* it) -> std::string {
      return state_text(*static_cast<const State*>(it), State::fields);
    };
  return made;
}

/// A JSON string of it. Bytes that are not UTF-8 stay as they are.
std::string quoted(std::string_view text);

/// Not longer than `bytes_max`: the rest is cut off between two characters (UTF-8), and how much
/// there was stands in its place.
std::string cut_to(std::string text, std::size_t bytes_max);

} // namespace aiex
