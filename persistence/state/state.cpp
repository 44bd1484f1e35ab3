// Tested by tests/persistence/store/event_store_test.cpp
#include "aiex/persistence/state/state.hpp"

#include "aiex/persistence/codec/bytes.hpp"
#include "aiex/persistence/state/keys.hpp"

#include <fmt/format.h>

#include <limits>

namespace aiex {

namespace t = state_tables;

namespace {

constexpr std::string_view head_key = "head";
constexpr std::string_view members_key = "members";
constexpr std::uint64_t version_max = std::numeric_limits<std::uint64_t>::max();

[[noreturn]] void damaged(const char* what) {
  throw storage_failure{error{errc::corrupt,
    std::string{"the state is damaged: "} + what + "; it is rebuilt from the log at the next start",
    0}};
}

void put_head(table_writer& tables, const state_head& head) {
  std::string value;
  bytes_writer write{value};
  write.u64(head.index);
  write.u64(head.position.value);
  write.u64(static_cast<std::uint64_t>(microseconds_of(head.recorded_at)));
  write.raw(view(head.chain));
  tables.put(t::meta, head_key, value);
}

std::string three(std::uint64_t first, std::uint64_t second, std::uint64_t third) {
  std::string value = t::key_of(first, second);
  t::put_u64(value, third);
  return value;
}

void put_index(
  table_writer& tables, t::index_kind kind, std::string_view value, const posting& where) {
  std::string key = t::index_prefix(kind, value);
  t::put_u64(key, where.position.value);
  tables.put(t::index, key, t::key_of(where.index));
}

result<void> put_in_stream(
  table_writer& tables, const recorded_event& event, const posting& where, found_streams& streams) {
  auto& known = find_once(tables, event.stream, streams);
  if (!known) {
    known = stream_state{where.position.value, 0, {}};
    tables.put(t::streams, event.stream, t::key_of(known->number));
  }
  if (event.version != known->version + 1)
    return fail(errc::corrupt,
      fmt::format("the event at position {} has version {} of {}, but {} follows: a version is "
                  "missing or stands twice",
        where.position.value, event.version, event.stream, known->version + 1),
      where.position.value);
  known->version = event.version;
  known->last = where.position;
  tables.put(t::stream_events, t::key_of(known->number, event.version),
    t::key_of(where.position.value, where.index));
  return {};
}

result<void> put_event(
  table_writer& tables, const event_header& header, const posting& where, found_streams& streams) {
  const recorded_event& event = header.event;
  if (auto put = put_in_stream(tables, event, where, streams); !put)
    return put;
  if (!tables.insert(t::ids, event.id.view(), t::key_of(where.position.value)))
    return fail(errc::corrupt,
      fmt::format(
        "the event at position {} has an id that stands in the log already", where.position.value),
      where.position.value);
  put_index(tables, t::index_kind::type, event.type, where);
  put_index(tables, t::index_kind::category, category_of(event.stream), where);
  for (const std::string_view tag : event.tags)
    put_index(tables, t::index_kind::tag, tag, where);
  if (event.correlation_id != to_string(event.id))
    put_index(tables, t::index_kind::correlation, event.correlation_id, where);
  if (header.command)
    tables.put(t::commands, header.command->id.view(),
      three(header.command->digest, where.position.value, header.command_events));
  return {};
}

} // namespace

result<void> apply(
  table_writer& tables, const entry_view& entry, sha256& hash, found_streams streams) {
  const entry_header& header = entry.header();
  if (auto follows = check_follows(head_of(tables), header); !follows)
    return follows;
  for (std::uint32_t ordinal = 0; ordinal < header.event_count; ++ordinal) {
    const auto event = entry.header_of(ordinal);
    if (!event)
      return tl::unexpected(event.error());
    const posting where{header.first_position + ordinal, header.index};
    if (auto put = put_event(tables, *event, where, streams); !put)
      return put;
  }
  if (header.event_count > 0)
    tables.put(
      t::places, t::key_of(header.first_position.value), t::key_of(header.index), put_hint::at_end);
  if (header.kind == entry_kind::configuration)
    tables.put(t::meta, members_key, t::key_of(header.index).append(entry.members()));
  const position last{header.next_position().value - 1};
  put_head(tables, {header.index, entry.chain_digest(hash), last, header.recorded_at});
  return {};
}

state_head head_of(const table_reader& tables) {
  const auto value = tables.get(t::meta, head_key);
  if (!value)
    return {};
  bytes_reader read{*value};
  state_head head;
  head.index = read.u64();
  head.position.value = read.u64();
  head.recorded_at = timestamp{std::chrono::microseconds{static_cast<std::int64_t>(read.u64())}};
  const std::string_view chain = read.raw(sizeof(digest));
  if (!read.ok() || read.remaining() != 0)
    damaged("its head cannot be read");
  head.chain = digest_from_bytes(chain);
  return head;
}

std::optional<stream_state> find_stream(const table_reader& tables, std::string_view stream) {
  const auto value = tables.get(t::streams, stream);
  if (!value)
    return std::nullopt;
  if (value->size() != 8)
    damaged("a stream's row has a wrong length");
  stream_state found{t::u64_at(*value, 0), 0, {}};
  tables.scan(t::stream_events, t::key_of(found.number, version_max), direction::descending,
    [&](std::string_view key, std::string_view last) {
      if (key.size() != 16 || last.size() != 16 || t::u64_at(key, 0) != found.number)
        return false;
      found.version = t::u64_at(key, 8);
      found.last = {t::u64_at(last, 0)};
      return false;
    });
  if (found.version == 0)
    damaged("a stream has no events");
  return found;
}

std::optional<stream_state>& find_once(
  const table_reader& tables, std::string_view stream, found_streams& streams) {
  const auto found = streams.find(stream);
  if (found != streams.end())
    return found->second;
  return streams.emplace(stream, find_stream(tables, stream)).first->second;
}

std::optional<position> find_event(const table_reader& tables, const uuid& id) {
  const auto value = tables.get(t::ids, id.view());
  if (!value)
    return std::nullopt;
  if (value->size() != 8)
    damaged("an id's row has a wrong length");
  return position{t::u64_at(*value, 0)};
}

std::optional<stored_command> find_command(const table_reader& tables, const uuid& id) {
  const auto value = tables.get(t::commands, id.view());
  if (!value)
    return std::nullopt;
  if (value->size() != 24)
    damaged("a command's row has a wrong length");
  return stored_command{t::u64_at(*value, 0), {t::u64_at(*value, 8)}, t::u64_at(*value, 16)};
}

std::optional<stored_members> find_members(const table_reader& tables) {
  const auto value = tables.get(t::meta, members_key);
  if (!value)
    return std::nullopt;
  if (value->size() < 8)
    damaged("the row of the members has a wrong length");
  return stored_members{t::u64_at(*value, 0), std::string{value->substr(8)}};
}

std::optional<posting> find_place(const table_reader& tables, position where) {
  if (where.value == 0 || where > head_of(tables).position)
    return std::nullopt;
  std::optional<posting> found;
  tables.scan(t::places, t::key_of(where.value), direction::descending,
    [&](std::string_view key, std::string_view value) {
      if (key.size() != 8 || value.size() != 8)
        damaged("a place's row has a wrong length");
      found = posting{where, t::u64_at(value, 0)};
      return false;
    });
  return found;
}

} // namespace aiex
