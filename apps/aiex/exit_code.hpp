// What the tool says and answers when something went wrong.
#pragma once

#include "aiex/persistence/base/error.hpp"

#include <string>

namespace aiex::tool {

/// Scripts depend on these numbers: never change one.
enum exit_code : int {
  exit_ok = 0,
  exit_failure = 1,
  exit_usage = 2,
  exit_not_found = 3,
  exit_conflict = 4,
  exit_unavailable = 5,
  exit_denied = 6,
  exit_integrity = 7,
  exit_interrupted = 130,
};

int exit_code_of(errc code) noexcept;

/// "error: what, why, what to do. [code]", in one line.
std::string error_line(const error& refusal);

} // namespace aiex::tool
