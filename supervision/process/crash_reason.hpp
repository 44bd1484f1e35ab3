// What an actor died of, in parts, for those who ask why. It travels as the context of the actor's
// exit reason, in texts only, so that it passes any wire.
#pragma once

#include <caf/error.hpp>
#include <caf/rtti_pair.hpp>
#include <caf/type_erased_tuple.hpp>

#include <string>

namespace aiex {

struct crash_reason {
  std::string what;           ///< What the exception says.
  std::string last_message{}; ///< The types of the message that was being handled.
  std::string site{};         ///< What was being done with it, if it said so: see `crashed_at`.

  bool operator==(const crash_reason&) const = default;
};

caf::error to_error(const crash_reason& crash);

/// Its parts, if `to_error` made it; else its text alone, see `exit_text`.
crash_reason crash_reason_of(const caf::error& reason);

/// "aiex::deposit", "str"; "?" if nothing is known of it.
std::string type_name(const caf::rtti_pair& type);

/// The types of what a message consists of: "aiex::deposit", "i32, str".
std::string type_names(const caf::type_erased_tuple& content);

} // namespace aiex
