#include "aiex/persistence/base/error.hpp"

namespace aiex {

std::string_view name(errc code) noexcept {
  switch (code) {
  case errc::invalid_argument: return "invalid_argument";
  case errc::invalid_id: return "invalid_id";
  case errc::invalid_stream: return "invalid_aggregate_id";
  case errc::invalid_type: return "invalid_type";
  case errc::invalid_data: return "invalid_data";
  case errc::invalid_metadata: return "invalid_metadata";
  case errc::invalid_tag: return "invalid_tag";
  case errc::invalid_correlation_id: return "invalid_correlation_id";
  case errc::missing_required_fields: return "missing_required_fields";
  case errc::data_too_large: return "data_too_large";
  case errc::batch_too_large: return "batch_too_large";
  case errc::too_many_tags: return "too_many_tags";
  case errc::reserved_name: return "reserved_name";
  case errc::state_too_large: return "state_too_large";
  case errc::unknown_type: return "unknown_type";
  case errc::invalid_history: return "invalid_history";
  case errc::wrong_expected_version: return "wrong_expected_version";
  case errc::duplicate_id: return "duplicate_id";
  case errc::already_exists: return "already_exists";
  case errc::history_changed: return "history_changed";
  case errc::stale_epoch: return "stale_epoch";
  case errc::not_found: return "not_found";
  case errc::session_not_found: return "session_not_found";
  case errc::overloaded: return "overloaded";
  case errc::time_out: return "time_out";
  case errc::unknown_outcome: return "unknown_outcome";
  case errc::store_full: return "store_full";
  case errc::no_quorum: return "no_quorum";
  case errc::in_use: return "in_use";
  case errc::unreachable: return "unreachable";
  case errc::not_leader: return "not_leader";
  case errc::corrupt: return "corrupt";
  case errc::checksum_mismatch: return "checksum_mismatch";
  case errc::unknown_version: return "unknown_version";
  case errc::lost_events: return "lost_events";
  case errc::refused: return "refused";
  case errc::io: return "io";
  case errc::stopped: return "stopped";
  case errc::denied: return "denied";
  case errc::session_closed: return "session_closed";
  }
  return "unknown";
}

} // namespace aiex
