#include "aiex/supervision/tree/stop_verdict.hpp"

#include <caf/exit_reason.hpp>

namespace aiex {

bool has_ended_as_told(
  const child_spec& child, bool was_killed, exit_kind kind, std::string_view reason) {
  if (kind == exit_kind::abnormal)
    return was_killed && reason == exit_text(caf::exit_reason::kill);
  const bool is_exactly_that =
    !child.stop_by().kills() && reason == exit_text(caf::exit_reason::user_shutdown);
  return is_exactly_that || child.restart != restart::permanent;
}

} // namespace aiex
