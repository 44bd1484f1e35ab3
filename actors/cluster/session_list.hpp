// The read model of all sessions: a row each, and how many there are. Rebuilt from the log whenever
// need be.
#pragma once

#include "aiex/actors/cluster/session_type.hpp"
#include "aiex/actors/typed/projection_type.hpp"
#include "aiex/persistence/models/read_models.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aiex {

/// What a list shows of a session. Its metadata is not listed.
struct session_row {
  std::string id{};
  std::string user_id{};
  std::string project_path{};
  std::string interface {};
  std::string node_preference{};
  session_status status = session_status::unknown;
  std::string node{};
  std::uint64_t epoch = 0;
  std::uint64_t version = 0;
  std::int64_t created_at_us = 0; ///< Since 1970, UTC.

  static constexpr auto fields = aiex::fields("session_row", &session_row::id, "id",
    &session_row::user_id, "user_id", &session_row::project_path, "project_path",
    &session_row::interface, "interface", &session_row::node_preference, "node_preference",
    &session_row::status, "status", &session_row::node, "node", &session_row::epoch, "epoch",
    &session_row::version, "version", &session_row::created_at_us, "created_at_us");

  bool operator==(const session_row&) const = default;
};

/// All that have ever been created, and where they stand.
struct session_counts {
  std::uint64_t created = 0; ///< active + closed + archived
  std::uint64_t active = 0;
  std::uint64_t closed = 0;
  std::uint64_t archived = 0;
  std::uint64_t recorded = 0; ///< Events that happened in sessions.

  static constexpr auto fields = aiex::fields("session_counts", &session_counts::created, "created",
    &session_counts::active, "active", &session_counts::closed, "closed", &session_counts::archived,
    "archived", &session_counts::recorded, "recorded");

  bool operator==(const session_counts&) const = default;
};

struct session_list {
  static constexpr std::string_view name = "$sessions", from = session_category;
  using events = session::events;
  using state = session_counts;

  static void on(
    state& now, row_table& rows, const session_created& event, const recorded_event& recorded);
  static void on(
    state& now, row_table& rows, const session_recorded& event, const recorded_event& recorded);
  static void on(
    state& now, row_table& rows, const session_closed& event, const recorded_event& recorded);
  static void on(
    state& now, row_table& rows, const session_archived& event, const recorded_event& recorded);
};

/// Conditions hold together; those not set hold always.
struct session_filter {
  std::optional<std::string> user_id{};
  std::optional<std::string> interface {};
  std::optional<std::string> node{};
  std::optional<session_status> status{};
};

bool matches(const session_filter& wanted, const session_row& row);

inline constexpr std::size_t sessions_per_page_max = 256;
inline constexpr std::size_t sessions_examined_per_page_max = 4'096; ///< Also those not wanted.

struct session_page {
  std::vector<session_row> rows{}; ///< In the order of their ids.
  std::string next{};              ///< The page behind it begins here; empty: there is none.
};

/// A page of what is saved, from `from` on (empty: from the first). It may be empty and have a
/// next one. Errors: corrupt, io. Any thread.
result<session_page> read_sessions(
  const read_models& models, const session_filter& wanted, std::string_view from);

/// Errors: corrupt, io. Any thread.
result<session_counts> count_sessions(const read_models& models);

} // namespace aiex
