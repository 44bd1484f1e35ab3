#include "aiex/actors/cluster/session_list.hpp"

#include "aiex/persistence/codec/json_reader.hpp"

namespace aiex {

namespace {

/// "$session-42" is the session 42.
std::string_view id_in(std::string_view stream) {
  return stream.substr(session_category.size() + 1);
}

std::uint64_t& count_of(session_counts& now, session_status status) {
  invariant(status != session_status::unknown, "a session without a status is not counted");
  switch (status) {
  case session_status::closed: return now.closed;
  case session_status::archived: return now.archived;
  case session_status::unknown:
  case session_status::active: break;
  }
  return now.active;
}

/// The next event of a session. False if there is none: without its row it was never created.
bool advance(session_counts& now, row_table& rows, const recorded_event& recorded,
  std::optional<session_status> status) {
  auto row = rows.get_as<session_row>(id_in(recorded.stream));
  if (!row)
    return false;
  const session_owner owner = owner_after(recorded);
  row->node = owner.node;
  row->epoch = owner.epoch;
  row->version = recorded.version;
  if (status) {
    --count_of(now, row->status);
    ++count_of(now, *status);
    row->status = *status;
  }
  rows.put(row->id, *row);
  return true;
}

} // namespace

void session_list::on(
  state& now, row_table& rows, const session_created& event, const recorded_event& recorded) {
  const session_owner owner = owner_after(recorded);
  session_row row;
  row.id = id_in(recorded.stream);
  row.user_id = event.user_id;
  row.project_path = event.project_path;
  row.interface = event.interface;
  row.node_preference = event.node_preference;
  row.status = session_status::active;
  row.node = owner.node;
  row.epoch = owner.epoch;
  row.version = recorded.version;
  row.created_at_us = microseconds_of(recorded.recorded_at);
  rows.put(row.id, row);
  ++now.created;
  ++now.active;
}

void session_list::on(
  state& now, row_table& rows, const session_recorded&, const recorded_event& recorded) {
  if (advance(now, rows, recorded, std::nullopt))
    ++now.recorded;
}

void session_list::on(
  state& now, row_table& rows, const session_closed&, const recorded_event& recorded) {
  advance(now, rows, recorded, session_status::closed);
}

void session_list::on(
  state& now, row_table& rows, const session_archived&, const recorded_event& recorded) {
  advance(now, rows, recorded, session_status::archived);
}

bool matches(const session_filter& wanted, const session_row& row) {
  return (!wanted.user_id || *wanted.user_id == row.user_id) &&
         (!wanted.interface || *wanted.interface == row.interface) &&
         (!wanted.node || *wanted.node == row.node) &&
         (!wanted.status || *wanted.status == row.status);
}

result<session_page> read_sessions(
  const read_models& models, const session_filter& wanted, std::string_view from) {
  const auto saved = models.load(session_list::name);
  if (!saved)
    return tl::unexpected(saved.error());
  session_page page;
  if (!*saved)
    return page;
  json_reader reader;
  std::size_t examined = 0;
  result<void> readable;
  const auto read =
    models.rows(session_list::name, (*saved)->generation, {}, from, [&](auto key, auto value) {
      if (page.rows.size() == sessions_per_page_max || examined == sessions_examined_per_page_max) {
        page.next = key;
        return false;
      }
      ++examined;
      session_row row;
      readable = reader.read(value, row);
      if (readable && matches(wanted, row))
        page.rows.push_back(std::move(row));
      return readable.has_value();
    });
  if (!read)
    return tl::unexpected(read.error());
  if (!readable)
    return fail(errc::corrupt, "the list of sessions holds a row that cannot be read (" +
                                 readable.error().message + "). Rebuild the projection " +
                                 std::string{session_list::name});
  return page;
}

result<session_counts> count_sessions(const read_models& models) {
  const auto saved = models.load(session_list::name);
  if (!saved)
    return tl::unexpected(saved.error());
  session_counts counted;
  if (*saved && !(*saved)->state.empty())
    if (auto readable = json_reader{}.read((*saved)->state, counted); !readable)
      return fail(
        errc::corrupt, "the counts of sessions cannot be read: " + readable.error().message);
  return counted;
}

} // namespace aiex
