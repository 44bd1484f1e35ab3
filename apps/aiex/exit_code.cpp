#include "aiex/exit_code.hpp"

namespace aiex::tool {

int exit_code_of(errc code) noexcept {
  switch (code) {
  case errc::invalid_argument:
  case errc::invalid_id:
  case errc::invalid_stream:
  case errc::invalid_type:
  case errc::invalid_data:
  case errc::invalid_metadata:
  case errc::invalid_tag:
  case errc::invalid_correlation_id:
  case errc::missing_required_fields:
  case errc::data_too_large:
  case errc::batch_too_large:
  case errc::too_many_tags:
  case errc::reserved_name:
  case errc::unknown_type:
  case errc::invalid_history: return exit_usage;
  case errc::wrong_expected_version:
  case errc::duplicate_id:
  case errc::already_exists:
  case errc::history_changed:
  case errc::stale_epoch: return exit_conflict;
  case errc::not_found:
  case errc::session_not_found: return exit_not_found;
  case errc::overloaded:
  case errc::time_out:
  case errc::unknown_outcome:
  case errc::store_full:
  case errc::no_quorum:
  case errc::in_use:
  case errc::unreachable:
  case errc::not_leader: return exit_unavailable;
  case errc::corrupt:
  case errc::checksum_mismatch:
  case errc::lost_events: return exit_integrity;
  case errc::denied: return exit_denied;
  case errc::state_too_large:
  case errc::unknown_version:
  case errc::refused:
  case errc::io:
  case errc::stopped:
  case errc::session_closed: return exit_failure;
  }
  return exit_failure; // a newer node's code
}

std::string error_line(const error& refusal) {
  std::string line = "error: " + refusal.message;
  for (char& letter : line)
    if (static_cast<unsigned char>(letter) < ' ')
      letter = ' ';
  if (!line.ends_with('.') && !line.ends_with('?') && !line.ends_with('!'))
    line += '.';
  return line + " [" + std::string(name(refusal.code)) + "]";
}

} // namespace aiex::tool
