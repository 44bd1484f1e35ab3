#pragma once

#include "aiex/persistence/codec/encoded.hpp"
#include "aiex/persistence/codec/form_fingerprint.hpp"
#include "aiex/persistence/codec/json_reader.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace aiex {

/// A state whose type only its rows know.
struct any_state {
  std::unique_ptr<void, void (*)(void*)> value{nullptr, nullptr};

  void* get() noexcept { return value.get(); }
  const void* get() const noexcept { return value.get(); }
};

/// How states of a type are made, saved and loaded. Plain functions: nothing is virtual or global.
struct state_type {
  any_state (*fresh)() = nullptr;
  std::uint64_t fingerprint = 0; ///< Of its stored form; 0: it has no fields and is not saved.
  result<std::string> (*save)(const void* state) = nullptr; ///< Null without fields.
  result<void> (*load)(void* state, std::string_view saved, json_reader& reader) = nullptr;
};

template <class State>
state_type state_type_of() {
  state_type made;
  made.fresh = [] {
    return any_state{{new State{}, [](void* old) { delete static_cast<State*>(old); }}};
  };
  if constexpr (described<State>) {
    if constexpr (has_fields<State>()) {
      made.fingerprint = form_fingerprint<State>();
      made.save = [](const void* state) {
        return encode(*static_cast<const State*>(state)).map([](encoded&& stored) {
          return std::move(stored.data);
        });
      };
      made.load = [](void* state, std::string_view saved, json_reader& reader) {
        return reader.read(saved, *static_cast<State*>(state));
      };
    }
  }
  return made;
}

} // namespace aiex
