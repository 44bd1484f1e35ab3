// Tested by tests/persistence/store/verify_test.cpp
#include "aiex/persistence/store/state_check.hpp"

#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/state/keys.hpp"

#include <fmt/format.h>

namespace aiex {

namespace t = state_tables;

namespace {

constexpr std::size_t number_bytes = 8;

std::uint64_t in_value(std::string_view, std::string_view value) {
  return value.size() < number_bytes ? 0 : t::u64_at(value, 0);
}
std::uint64_t second_in_value(std::string_view, std::string_view value) {
  return value.size() < 2 * number_bytes ? 0 : t::u64_at(value, number_bytes);
}
std::uint64_t in_key(std::string_view key, std::string_view) {
  return key.size() < number_bytes ? 0 : t::u64_at(key, key.size() - number_bytes);
}

} // namespace

void state_check::found(const posting& where, std::string what) {
  report_.add({where.position, where.index,
    fmt::format("{} (position {})", what, where.position.value), finding_part::state});
}

void state_check::found(std::string what) {
  report_.add({{}, 0, std::move(what), finding_part::state});
}

void state_check::check_head(const std::optional<chain_end>& in_log) {
  if (!in_log || *in_log == head_)
    return;
  const auto& there = *in_log;
  const char* const what = there.position != head_.position         ? "position"
                           : there.recorded_at != head_.recorded_at ? "time"
                           : there.chain != head_.chain             ? "chain of digests"
                                                                    : "entry";
  found(fmt::format("its head, entry {} and position {}, is not the log's: another {}; the log has "
                    "entry {} and position {}",
    head_.index, head_.position.value, what, there.index, there.position.value));
}

void state_check::take(
  const table_reader& tables, const entry_view& entry, const seen_streams& streams) {
  const entry_header& header = entry.header();
  for (std::uint32_t ordinal = 0; ordinal < header.event_count; ++ordinal) {
    const posting where{header.first_position + ordinal, header.index};
    if (const auto event = entry.header_of(ordinal))
      check_event(tables, *event, where, streams);
  }
  if (header.kind == entry_kind::configuration)
    members_ = stored_members{header.index, std::string{entry.members()}};
  if (header.event_count == 0)
    return;
  ++expected_.places;
  const auto place = tables.get(t::places, t::key_of(header.first_position.value));
  if (place != t::key_of(header.index))
    found({header.first_position, header.index}, "the entry's place is missing or wrong");
}

void state_check::check_event(const table_reader& tables, const event_header& header,
  const posting& where, const seen_streams& streams) {
  const recorded_event& event = header.event;
  const std::uint64_t number = streams.at(std::string{event.stream}).number;
  expected_.streams += number == where.position.value ? 1U : 0U;
  ++expected_.stream_events;
  const auto in_stream = tables.get(t::stream_events, t::key_of(number, event.version));
  if (in_stream != t::key_of(where.position.value, where.index))
    found(where, "the stream's row of the event is missing or wrong");
  ++expected_.ids;
  if (tables.get(t::ids, event.id.view()) != t::key_of(where.position.value))
    found(where, "the id of the event is missing or wrong");
  if (header.command) {
    ++expected_.commands;
    const auto command = find_command(tables, header.command->id);
    if (!command || command->digest != header.command->digest || command->first != where.position ||
        command->count != header.command_events)
      found(where, "the command of the event is missing or wrong");
  }
  check_index(tables, event, where);
}

void state_check::check_index(
  const table_reader& tables, const recorded_event& event, const posting& where) {
  const auto check = [&](t::index_kind kind, std::string_view value) {
    ++expected_.index;
    std::string key = t::index_prefix(kind, value);
    t::put_u64(key, where.position.value);
    if (tables.get(t::index, key) != t::key_of(where.index))
      found(where, fmt::format("the index row of the event for \"{}\" is missing or wrong", value));
  };
  check(t::index_kind::type, event.type);
  check(t::index_kind::category, category_of(event.stream));
  for (const std::string_view tag : event.tags)
    check(t::index_kind::tag, tag);
  if (event.correlation_id != to_string(event.id))
    check(t::index_kind::correlation, event.correlation_id);
}

void state_check::check_stream(
  std::string_view name, std::string_view value, const seen_streams& streams) {
  const auto known = streams.find(std::string{name});
  if (known == streams.end() || value != t::key_of(known->second.number))
    found(fmt::format("the row of stream {} is wrong", name));
}

/// A row is looked at once, though each snapshot sees what was written before it: a writer adds
/// rows of later events and changes none.
result<std::uint64_t> state_check::count(const ordered_tables& state, table_id table,
  row_position position_of, function_ref<void(std::string_view key, std::string_view value)> each) {
  std::uint64_t counted = 0;
  std::string last;
  for (bool is_more = true; is_more;) {
    is_more = false;
    std::size_t looked_at = 0;
    auto read = state.read([&](const table_reader& tables) {
      const position head_now = head_of(tables).position;
      const std::string from = last;
      tables.scan(
        table, from, direction::ascending, [&](std::string_view key, std::string_view value) {
          if (!from.empty() && key == from)
            return true;
          if (looked_at == limits::rows_per_check_step) {
            is_more = true;
            return false;
          }
          ++looked_at;
          last = key;
          const std::uint64_t where = position_of(key, value);
          behind_ += where > head_now.value ? 1U : 0U;
          if (where <= head_.position.value) {
            ++counted;
            each(key, value);
          }
          return true;
        });
    });
    if (!read)
      return tl::unexpected(std::move(read.error()));
  }
  return counted;
}

/// A running writer may have applied later ones than this has seen.
result<void> state_check::check_members(const ordered_tables& state) {
  std::optional<stored_members> there;
  std::uint64_t head_now = 0;
  auto read = state.read([&](const table_reader& tables) {
    there = find_members(tables);
    head_now = head_of(tables).index;
  });
  if (!read)
    return read;
  const bool is_later = there && there->index > head_.index && there->index <= head_now;
  if (!is_later && there != members_)
    found("the row of the members of the cluster is missing or wrong");
  return {};
}

result<void> state_check::finish(const ordered_tables& state, const seen_streams& streams) {
  if (auto checked = check_members(state); !checked)
    return checked;
  struct counted_table {
    table_id table;
    row_position position_of;
    std::uint64_t row_counts::*total;
  };
  constexpr counted_table all[] = {
    {t::streams, in_value, &row_counts::streams},
    {t::stream_events, in_value, &row_counts::stream_events},
    {t::ids, in_value, &row_counts::ids},
    {t::commands, second_in_value, &row_counts::commands},
    {t::places, in_key, &row_counts::places},
    {t::index, in_key, &row_counts::index},
  };
  row_counts counted;
  for (const counted_table& each : all) {
    const auto total =
      count(state, each.table, each.position_of, [&](std::string_view key, std::string_view value) {
        if (each.table == t::streams)
          check_stream(key, value, streams);
      });
    if (!total)
      return tl::unexpected(total.error());
    counted.*each.total = *total;
  }
  if (counted.streams != expected_.streams)
    found(
      fmt::format("it has {} streams where the log has {}", counted.streams, expected_.streams));
  if (behind_ != 0)
    found(fmt::format("{} rows are about events behind its head", behind_));
  counted.streams = expected_.streams;
  if (!(counted == expected_))
    found(fmt::format("it has {} stream rows, {} ids, {} commands, {} places and {} index rows "
                      "where the log asks for {}, {}, {}, {} and {}",
      counted.stream_events, counted.ids, counted.commands, counted.places, counted.index,
      expected_.stream_events, expected_.ids, expected_.commands, expected_.places,
      expected_.index));
  return {};
}

} // namespace aiex
