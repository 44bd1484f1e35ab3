#pragma once

#include "aiex/persistence/log/entry.hpp"
#include "aiex/persistence/state/state.hpp"
#include "aiex/persistence/store/log_check.hpp"
#include "aiex/persistence/store/verify_report.hpp"

#include <optional>

namespace aiex {

/// Holds the state against the log: offered every entry up to the state's head, it looks up each
/// row that the entry's events must have, and in the end counts rows, so that one that no event
/// accounts for is found too. A running writer's rows behind `head` are not looked at.
class state_check {
public:
  state_check(verify_report& report, const state_head& head) : report_(report), head_(head) {}

  /// `streams`: what the log says of them, this entry included.
  void take(const table_reader& tables, const entry_view& entry, const seen_streams& streams);

  /// The state's head must be where the log stood behind that entry; nothing if the entry cannot be
  /// read.
  void check_head(const std::optional<chain_end>& in_log);

  /// Counts, a bounded number of rows in a snapshot. Errors: io, corrupt.
  result<void> finish(const ordered_tables& state, const seen_streams& streams);

private:
  struct row_counts {
    std::uint64_t streams = 0, stream_events = 0, ids = 0, commands = 0, places = 0, index = 0;
    bool operator==(const row_counts&) const = default;
  };
  /// Position of the event that a row is about.
  using row_position = std::uint64_t (*)(std::string_view key, std::string_view value);

  void check_event(const table_reader& tables, const event_header& header, const posting& where,
    const seen_streams& streams);
  void check_index(const table_reader& tables, const recorded_event& event, const posting& where);
  result<void> check_members(const ordered_tables& state);
  void check_stream(std::string_view name, std::string_view value, const seen_streams& streams);
  result<std::uint64_t> count(const ordered_tables& state, table_id table, row_position position_of,
    function_ref<void(std::string_view key, std::string_view value)> each);
  void found(const posting& where, std::string what);
  void found(std::string what);

  verify_report& report_;
  state_head head_;
  row_counts expected_;
  std::optional<stored_members> members_; // the newest ones that the log names, up to the head
  std::uint64_t behind_ = 0;              // rows of events that the state does not have yet
};

} // namespace aiex
