#pragma once

#include <caf/type_erased_tuple.hpp>

#include <cstdint>
#include <string>
#include <typeinfo>

namespace aiex {

/// What a message consists of, in two words: cheap to take, made text when somebody reads it.
struct message_type {
  std::uint32_t token = 0;             ///< CAF's of the built-in types, of the last five.
  const std::type_info* own = nullptr; ///< The first type that is none of CAF's.

  bool operator==(const message_type&) const = default;

  /// A start is none. The token alone does not say so: it is 0 for six types of the program, too.
  bool is_message() const noexcept { return token != 0 || own != nullptr; }
};

/// Keeps nothing of `content`. Thread: any.
message_type type_of(const caf::type_erased_tuple& content) noexcept;

/// "aiex::deposit", "i32, str"; "start" if it is no message. Of types that are none of CAF's the
/// first has its name, the others are "?"; of more than five types only the last five. Thread: any.
std::string text_of(const message_type& type);

} // namespace aiex
