// What one says to the sessions of a node. It never leaves the process.
#pragma once

#include "aiex/actors/cluster/session_list.hpp"
#include "aiex/persistence/base/uuid.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <optional>
#include <string>
#include <variant>

namespace aiex {

struct session_view {
  session_row row{};
  std::string metadata{}; ///< Empty, or a JSON object.
  bool repeated = false;  ///< It was done before; this is how the session was then.
};

/// All but lists and statistics are answered so.
struct session_answer {
  result<session_view> outcome;
};

/// The same id with the same content is the same session, with another is duplicate_id. Errors
/// besides: those of `check(create_session)`, and all that commands have.
struct create_session_call {
  std::optional<uuid> id{}; ///< Nothing: a new one, and the call must not be repeated.
  create_session wish{};
};

/// As it is now, whatever its status. Errors: not_found.
struct show_session_call {
  uuid id;
};

/// Whoever repeats a call repeats its command id. Errors: session_not_found, session_closed;
/// stale_epoch (another node owns it); those of `check(record_in_session)`; overloaded,
/// unknown_outcome, and what else the store says.
struct change_session_call {
  uuid id;
  std::variant<close_session, archive_session, record_in_session> wish{};
  std::optional<uuid> command_id{};
};

/// Answered with `list_sessions_answer`: all that was acknowledged before the call is in it.
/// Errors: time_out (the list is behind), overloaded, corrupt, io.
struct list_sessions_call {
  session_filter wanted{};
  std::string from{}; ///< `session_page::next` of the page before; empty: the first page.
};
struct list_sessions_answer {
  result<session_page> outcome;
};

/// Answered with `session_statistics_answer`; as up to date as a list.
struct session_statistics_call {};
struct session_statistics {
  session_counts counts{};
  std::uint64_t living = 0; ///< Actors of sessions on this node.
};
struct session_statistics_answer {
  result<session_statistics> outcome;
};

} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::session_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::create_session_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::show_session_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::change_session_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::list_sessions_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::list_sessions_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::session_statistics_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::session_statistics_answer)
