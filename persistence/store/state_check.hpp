#pragma once

#include "aiex/persistence/log/entry.hpp"
#include "aiex/persistence/state/state.hpp"
#include "aiex/persistence/store/verify_report.hpp"

#include <string>
#include <unordered_map>

namespace aiex {

/// Holds the state against the log: offered every entry, it looks up each row that the entry's
/// events must have, and in the end counts rows, so that one that no event accounts for is found
/// too. Rows behind `head` are a running writer's and not looked at.
class state_check {
public:
  state_check(verify_report& report, position head) : report_(report), head_(head) {}

  void take(const table_reader& tables, const entry_view& entry);

  /// Errors: io, corrupt.
  result<void> finish(const ordered_tables& state);

  std::uint64_t streams() const noexcept { return versions_.size(); }

private:
  struct stream {
    std::uint64_t number = 0;
    std::uint64_t version = 0;
  };
  struct row_counts {
    std::uint64_t stream_events = 0, ids = 0, commands = 0, places = 0, index = 0;
    bool operator==(const row_counts&) const = default;
  };

  void check_event(const table_reader& tables, const event_header& header, const posting& where);
  void check_index(const table_reader& tables, const recorded_event& event, const posting& where);
  void found(const posting& where, std::string what);
  static row_counts count(const table_reader& tables, position head);

  verify_report& report_;
  position head_;
  std::unordered_map<std::string, stream> versions_;
  row_counts expected_;
};

} // namespace aiex
