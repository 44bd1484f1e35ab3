#pragma once

#include "aiex/supervision/process/exit_kind.hpp"
#include "aiex/supervision/tree/child_spec.hpp"

#include <string_view>

namespace aiex {

/// Whether a child has ended as its supervisor told it to; what else it says on the way out is an
/// error to be reported (OTP's shutdown_error). A permanent child is to end of exactly what it was
/// told; the others may just as well have ended by themselves.
///
///   was_killed   it was killed, at once or because it took too long
///   reason       as `exit_text` puts it
bool has_ended_as_told(
  const child_spec& child, bool was_killed, exit_kind kind, std::string_view reason);

} // namespace aiex
