#pragma once

#include "aiex/persistence/codec/fields.hpp"
#include "aiex/persistence/codec/json_writer.hpp"

#include <string>
#include <utility>

namespace aiex {

/// A struct as the log takes it. Two are equal if their stored bytes are.
struct encoded {
  std::string type{};
  std::uint32_t schema = 1;
  std::string data{}; ///< A JSON object.

  bool operator==(const encoded&) const = default;
};

/// Errors: invalid_data (text that is not UTF-8, a number that JSON does not have, an enum value
/// without a name): it could be written, but never read again.
template <class Struct>
result<encoded> encode(const Struct& value) {
  encoded made{std::string{Struct::fields.type}, Struct::fields.schema, {}};
  json_writer write{made.data};
  write.value(value);
  if (auto written = write.outcome(); !written)
    return tl::unexpected(std::move(written.error()));
  return made;
}

/// What an actor with such a state shows of it, found by its `fields`: JSON, or why there is none.
template <class Struct, class... Fields>
std::string state_text(const Struct& state, const field_list<Fields...>&) {
  auto made = encode(state);
  return made ? std::move(made->data) : made.error().message;
}

} // namespace aiex
