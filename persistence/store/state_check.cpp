// Tested by tests/persistence/store/event_store_test.cpp
#include "aiex/persistence/store/state_check.hpp"

#include "aiex/persistence/state/keys.hpp"

#include <fmt/format.h>

namespace aiex {

namespace t = state_tables;

void state_check::found(const posting& where, std::string what) {
  report_.add({where.position, where.index,
    fmt::format("state: {} (position {})", what, where.position.value)});
}

void state_check::take(const table_reader& tables, const entry_view& entry) {
  const entry_header& header = entry.header();
  for (std::uint32_t ordinal = 0; ordinal < header.event_count; ++ordinal) {
    const posting where{header.first_position + ordinal, header.index};
    if (const auto event = entry.header_of(ordinal))
      check_event(tables, *event, where);
  }
  if (header.event_count == 0)
    return;
  ++expected_.places;
  const auto place = tables.get(t::places, t::key_of(header.first_position.value));
  if (place != t::key_of(header.index))
    found({header.first_position, header.index}, "the entry's place is missing or wrong");
}

void state_check::check_event(
  const table_reader& tables, const event_header& header, const posting& where) {
  const recorded_event& event = header.event;
  stream& seen =
    versions_.try_emplace(std::string{event.stream}, stream{where.position.value, 0}).first->second;
  if (event.version != seen.version + 1)
    report_.add({where.position, where.index,
      fmt::format("the event at position {} has version {} of {}, but {} follows",
        where.position.value, event.version, event.stream, seen.version + 1)});
  seen.version = event.version;

  ++expected_.stream_events;
  const auto in_stream = tables.get(t::stream_events, t::key_of(seen.number, event.version));
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

state_check::row_counts state_check::count(const table_reader& tables, position head) {
  row_counts counted;
  const auto scan = [&](table_id table, std::uint64_t& total, auto&& position_of) {
    tables.scan(table, "", direction::ascending, [&](std::string_view key, std::string_view value) {
      total += position_of(key, value) <= head.value ? 1U : 0U;
      return true;
    });
  };
  constexpr std::size_t number_bytes = 8;
  const auto in_value = [](std::string_view, std::string_view value) {
    return value.size() < number_bytes ? 0 : t::u64_at(value, 0);
  };
  scan(t::stream_events, counted.stream_events, in_value);
  scan(t::ids, counted.ids, in_value);
  scan(t::commands, counted.commands, [](std::string_view, std::string_view value) {
    return value.size() < 2 * number_bytes ? 0 : t::u64_at(value, number_bytes);
  });
  const auto in_key = [](std::string_view key, std::string_view) {
    return key.size() < number_bytes ? 0 : t::u64_at(key, key.size() - number_bytes);
  };
  scan(t::places, counted.places, in_key);
  scan(t::index, counted.index, in_key);
  return counted;
}

result<void> state_check::finish(const ordered_tables& state) {
  row_counts counted;
  std::uint64_t streams = 0;
  auto read = state.read([&](const table_reader& tables) {
    counted = count(tables, head_);
    tables.scan(
      t::streams, "", direction::ascending, [&](std::string_view name, std::string_view value) {
        const auto known = versions_.find(std::string{name});
        const bool is_later = value.size() == 8 && t::u64_at(value, 0) > head_.value;
        if (is_later)
          return true;
        ++streams;
        if (known == versions_.end() || value != t::key_of(known->second.number))
          report_.add({{}, 0, fmt::format("state: the row of stream {} is wrong", name)});
        return true;
      });
  });
  if (!read)
    return read;
  if (streams != versions_.size())
    report_.add({{}, 0,
      fmt::format("state: it has {} streams where the log has {}", streams, versions_.size())});
  if (!(counted == expected_))
    report_.add({{}, 0,
      fmt::format("state: it has {} stream rows, {} ids, {} commands, {} places and {} index rows "
                  "where the log asks for {}, {}, {}, {} and {}",
        counted.stream_events, counted.ids, counted.commands, counted.places, counted.index,
        expected_.stream_events, expected_.ids, expected_.commands, expected_.places,
        expected_.index)});
  return {};
}

} // namespace aiex
