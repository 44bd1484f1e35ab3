#include "aiex/actors/cluster/session_type.hpp"

#include "aiex/actors/flow/aggregate_append.hpp"
#include "aiex/persistence/codec/json_check.hpp"

#include <fmt/format.h>

namespace aiex {

namespace {

result<void> check_length(std::string_view field, const std::string& text, std::size_t bytes_max) {
  if (text.size() <= bytes_max)
    return {};
  return fail(errc::invalid_argument,
    fmt::format("session refused: \"{}\" has {} bytes, up to {} are possible", field, text.size(),
      bytes_max));
}

result<void> check_required(
  std::string_view field, const std::string& text, std::size_t bytes_max) {
  if (text.empty())
    return fail(
      errc::missing_required_fields, fmt::format("session refused: \"{}\" is missing", field));
  return check_length(field, text, bytes_max);
}

/// A command that needs a session to which it can still happen.
std::optional<refusal> refusal_unless_active(const session::state& now) {
  switch (now.status) {
  case session_status::unknown: return refuse("session_not_found");
  case session_status::active: return std::nullopt;
  case session_status::closed:
  case session_status::archived: break;
  }
  return refuse("session_closed");
}

void take_owner(session::state& now, const recorded_event& recorded) {
  const session_owner owner = owner_after(recorded);
  now.node = owner.node;
  now.epoch = owner.epoch;
}

} // namespace

result<void> check(const create_session& wish) {
  if (auto fits = check_required("user_id", wish.user_id, session_user_bytes_max); !fits)
    return fits;
  if (auto fits = check_required("project_path", wish.project_path, session_path_bytes_max); !fits)
    return fits;
  if (auto fits = check_length("interface", wish.interface, session_interface_bytes_max); !fits)
    return fits;
  if (auto fits =
        check_length("node_preference", wish.node_preference, limits::node_name_bytes_max);
      !fits)
    return fits;
  if (wish.metadata.size() > session_metadata_bytes_max)
    return fail(errc::data_too_large,
      fmt::format("session refused: its metadata has {} bytes, up to {} are possible",
        wish.metadata.size(), session_metadata_bytes_max));
  if (!wish.metadata.empty())
    if (auto json = check_json_object(wish.metadata); !json)
      return fail(errc::invalid_metadata,
        "session refused: its metadata is not a JSON object: " + json.error().message);
  return {};
}

result<void> check(const record_in_session& wish) {
  if (wish.what.empty())
    return fail(errc::missing_required_fields, "record refused: \"what\" is missing");
  if (wish.what.size() > limits::type_bytes_max)
    return fail(errc::invalid_type,
      fmt::format("record refused: \"what\" has {} bytes, up to {} are possible", wish.what.size(),
        limits::type_bytes_max));
  if (wish.data.size() > limits::data_bytes_max / 2) // as text in JSON it may take twice as much
    return fail(errc::data_too_large,
      fmt::format("record refused: its data has {} bytes, up to {} are possible", wish.data.size(),
        limits::data_bytes_max / 2));
  if (auto json = check_json(wish.data); !json)
    return fail(
      errc::invalid_data, "record refused: its data is not JSON: " + json.error().message);
  return {};
}

decision<session::events> session::decide(const state& now, const create_session& wish) {
  if (now.status != session_status::unknown)
    return refuse("already_exists");
  if (auto fits = check(wish); !fits)
    return refuse(fits.error().message);
  return session_created{
    wish.user_id, wish.project_path, wish.interface, wish.node_preference, wish.metadata};
}

decision<session::events> session::decide(const state& now, const record_in_session& wish) {
  if (auto refused = refusal_unless_active(now))
    return *refused;
  if (auto fits = check(wish); !fits)
    return refuse(fits.error().message);
  return session_recorded{wish.what, wish.data};
}

decision<session::events> session::decide(const state& now, const close_session&) {
  if (auto refused = refusal_unless_active(now))
    return *refused;
  return session_closed{};
}

decision<session::events> session::decide(const state& now, const archive_session&) {
  if (now.status == session_status::closed)
    return session_archived{};
  if (auto refused = refusal_unless_active(now))
    return *refused;
  return session_archived{};
}

session_owner owner_after(const recorded_event& recorded) {
  return {recorded.node, recorded.epoch > 0 ? recorded.epoch : first_epoch};
}

void session::apply(state& now, const session_created& event, const recorded_event& recorded) {
  now.status = session_status::active;
  now.user_id = event.user_id;
  now.project_path = event.project_path;
  now.interface = event.interface;
  now.node_preference = event.node_preference;
  now.metadata = event.metadata;
  now.created_at_us = microseconds_of(recorded.recorded_at);
  take_owner(now, recorded);
}

void session::apply(state& now, const session_recorded&, const recorded_event& recorded) {
  take_owner(now, recorded);
}

void session::apply(state& now, const session_closed&, const recorded_event& recorded) {
  now.status = session_status::closed;
  take_owner(now, recorded);
}

void session::apply(state& now, const session_archived&, const recorded_event& recorded) {
  now.status = session_status::archived;
  take_owner(now, recorded);
}

} // namespace aiex
