#pragma once

#include "aiex/persistence/state/append_decision.hpp"
#include "aiex/persistence/state/state.hpp"
#include "aiex/persistence/storage/log_storage.hpp"

namespace aiex {

/// What the append decision asks, answered from state and log of one snapshot. A failure below is
/// thrown as `storage_failure`.
class stored_facts {
public:
  /// Puts into `streams` those it has looked for.
  stored_facts(const table_reader& tables, const log_storage& log, found_streams& streams)
      : tables_(tables), log_(log), streams_(streams) {}

  std::uint64_t version_of(std::string_view stream) const;
  std::optional<known_event> event_by_id(const uuid& id) const;
  known_event event_at(position where) const;
  std::optional<known_command> command_by_id(const uuid& id) const;

private:
  const table_reader& tables_;
  const log_storage& log_;
  found_streams& streams_;
};

} // namespace aiex
