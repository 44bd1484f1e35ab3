// A session: a user's work on a project, as an aggregate. Its stream is `$session-<id>`; its writes
// carry the stream as owner, and the epoch.
//
//   (nothing) --create--> active --close--> closed --archive--> archived
//                         active --------------archive--------> archived
//
// What is not active takes no more commands but archive, and stays readable for ever.
#pragma once

#include "aiex/actors/typed/decision.hpp"
#include "aiex/persistence/base/error.hpp"
#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/codec/fields.hpp"
#include "aiex/persistence/log/event.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace aiex {

inline constexpr std::string_view session_category = "$session";

inline constexpr std::size_t session_user_bytes_max = 255;
inline constexpr std::size_t session_path_bytes_max = 4'096;
inline constexpr std::size_t session_interface_bytes_max = 64;
inline constexpr std::size_t session_metadata_bytes_max = limits::metadata_bytes_max;

enum class session_status : std::uint8_t {
  unknown, ///< There is no such session.
  active,
  closed,
  archived,
};
constexpr auto names(session_status) {
  return enum_names(session_status::unknown, "unknown", session_status::active, "active",
    session_status::closed, "closed", session_status::archived, "archived");
}

// -- commands ------------------------------------------------------------------------------------

struct create_session {
  std::string user_id{};
  std::string project_path{};
  std::string interface {};      ///< With what the user works, "cli" for example; may be empty.
  std::string node_preference{}; ///< A node's name, or empty. A node that is alone ignores it.
  std::string metadata{};        ///< Empty, or a JSON object.

  static constexpr auto fields = aiex::fields("create", &create_session::user_id, "user_id",
    &create_session::project_path, "project_path", &create_session::interface, "interface",
    &create_session::node_preference, "node_preference", &create_session::metadata, "metadata");
};

/// Something that happens in a session and means something to its user only.
struct record_in_session {
  std::string what{};        ///< 1..`limits::type_bytes_max` bytes.
  std::string data = "null"; ///< JSON.

  static constexpr auto fields =
    aiex::fields("record", &record_in_session::what, "what", &record_in_session::data, "data");
};

struct close_session {
  static constexpr auto fields = aiex::fields("close");
};

struct archive_session {
  static constexpr auto fields = aiex::fields("archive");
};

// -- events --------------------------------------------------------------------------------------

struct session_created {
  std::string user_id{};
  std::string project_path{};
  std::string interface {};
  std::string node_preference{};
  std::string metadata{};

  static constexpr auto fields =
    aiex::fields("session_created", &session_created::user_id, "user_id",
      &session_created::project_path, "project_path", &session_created::interface, "interface",
      &session_created::node_preference, "node_preference", &session_created::metadata, "metadata");
};

struct session_recorded {
  std::string what{};
  std::string data{};

  static constexpr auto fields = aiex::fields(
    "session_recorded", &session_recorded::what, "what", &session_recorded::data, "data");
};

struct session_closed {
  static constexpr auto fields = aiex::fields("session_closed");
};

struct session_archived {
  static constexpr auto fields = aiex::fields("session_archived");
};

// -- the aggregate -------------------------------------------------------------------------------

struct session {
  static constexpr std::string_view category = session_category;
  static constexpr bool owned = true;
  using commands = list<create_session, record_in_session, close_session, archive_session>;
  using events = list<session_created, session_recorded, session_closed, session_archived>;

  struct state {
    session_status status = session_status::unknown;
    std::string user_id{};
    std::string project_path{};
    std::string interface {};
    std::string node_preference{};
    std::string metadata{};
    std::string node{};             ///< The owner.
    std::uint64_t epoch = 0;        ///< Since when it owns it.
    std::int64_t created_at_us = 0; ///< Since 1970, UTC.

    static constexpr auto fields = aiex::fields("session", &state::status, "status",
      &state::user_id, "user_id", &state::project_path, "project_path", &state::interface,
      "interface", &state::node_preference, "node_preference", &state::metadata, "metadata",
      &state::node, "node", &state::epoch, "epoch", &state::created_at_us, "created_at_us");
  };

  // Refusals: "already_exists", "session_not_found", "session_closed", and what `check` finds.
  static decision<events> decide(const state& now, const create_session& wish);
  static decision<events> decide(const state& now, const record_in_session& wish);
  static decision<events> decide(const state& now, const close_session& wish);
  static decision<events> decide(const state& now, const archive_session& wish);

  static void apply(state& now, const session_created& event, const recorded_event& recorded);
  static void apply(state& now, const session_recorded& event, const recorded_event& recorded);
  static void apply(state& now, const session_closed& event, const recorded_event& recorded);
  static void apply(state& now, const session_archived& event, const recorded_event& recorded);

  /// Only an active one has a living actor.
  static bool is_over(const state& now) { return now.status != session_status::active; }
};

/// The node that owns a session after this event of it, and the epoch.
struct session_owner {
  std::string_view node;
  std::uint64_t epoch = 0;
};
session_owner owner_after(const recorded_event& recorded);

/// Errors: missing_required_fields, invalid_argument (too long), invalid_metadata, data_too_large.
result<void> check(const create_session& wish);

/// Errors: missing_required_fields, invalid_type, invalid_data, data_too_large.
result<void> check(const record_in_session& wish);

} // namespace aiex
