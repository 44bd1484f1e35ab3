#include "aiex/persistence/state/posting_source.hpp"

#include "aiex/persistence/state/keys.hpp"

#include <algorithm>

namespace aiex {

namespace t = state_tables;

namespace {

constexpr std::size_t read_ahead = 64;

posting posting_of(const posting_range& range, std::uint64_t number, std::string_view value) {
  if (range.table == t::stream_events)
    return {{t::u64_at(value, 0)}, t::u64_at(value, 8)};
  return {{number}, t::u64_at(value, 0)};
}

std::size_t value_bytes(const posting_range& range) {
  return range.table == t::stream_events ? 16 : 8;
}

posting_range index_range(t::index_kind kind, std::string_view value, const query& asked) {
  return {t::index, t::index_prefix(kind, value), asked.after.value + 1, asked.up_to.value};
}

position position_in_stream(
  const table_reader& tables, const stream_state& stream, std::uint64_t version) {
  const auto row = tables.get(t::stream_events, t::key_of(stream.number, version));
  if (!row || row->size() != 16)
    throw storage_failure{{errc::corrupt, "a stream lacks one of its versions", 0}};
  return {t::u64_at(*row, 0)};
}

/// The first version from `low` on that stands behind `where`; `high` + 1 if none up to there does.
/// Positions ascend with the versions.
std::uint64_t first_version_behind(const table_reader& tables, const stream_state& stream,
  std::uint64_t low, std::uint64_t high, position where) {
  std::uint64_t end = high + 1;
  while (low < end) {
    const std::uint64_t middle = low + (end - low) / 2;
    if (position_in_stream(tables, stream, middle) > where)
      end = middle;
    else
      low = middle + 1;
  }
  return low;
}

/// The versions that `asked` can match: bounds by position are bounds by version, too, so that a
/// page far behind in a long stream does not walk over all that is before it.
posting_range stream_range(
  const table_reader& tables, const stream_state& stream, const query& asked) {
  std::uint64_t low = std::max<std::uint64_t>(asked.from_version, 1);
  std::uint64_t high = std::min(asked.to_version, stream.version);
  if (asked.after.value >= stream.number)
    low = asked.after >= stream.last ? high + 1
                                     : first_version_behind(tables, stream, low, high, asked.after);
  if (asked.up_to < stream.last)
    high = first_version_behind(tables, stream, low, high, asked.up_to) - 1;
  return {t::stream_events, t::key_of(stream.number), low, high};
}

/// Rows of `correlation` stand for all its events but the one whose own id it is.
std::vector<posting_range> correlation_ranges(const table_reader& tables, const query& asked) {
  std::vector<posting_range> ranges{
    index_range(t::index_kind::correlation, *asked.correlation_id, asked)};
  const auto id = parse_uuid(*asked.correlation_id);
  const auto first = id ? find_event(tables, *id) : std::nullopt;
  if (first && *first > asked.after && *first <= asked.up_to)
    ranges.push_back({t::places, "", first->value, first->value});
  return ranges;
}

} // namespace

posting_source::posting_source(
  const table_reader& tables, std::vector<posting_range> ranges, direction order)
    : tables_(tables), order_(order) {
  for (posting_range& range : ranges)
    lanes_.push_back({std::move(range), {}, false});
}

bool posting_source::comes_first(const posting& left, const posting& right) const {
  return order_ == direction::ascending ? left.position < right.position
                                        : right.position < left.position;
}

void posting_source::refill(lane& of) {
  posting_range& range = of.range;
  if (range.from > range.to) {
    of.at_end = true;
    return;
  }
  if (range.table == t::places) { // one event by its position
    if (const auto place = find_place(tables_, {range.from}))
      of.ready.push_back(*place);
    of.at_end = true;
    return;
  }
  const bool ascending = order_ == direction::ascending;
  std::string from = range.prefix;
  t::put_u64(from, ascending ? range.from : range.to);
  of.at_end = true;
  tables_.scan(range.table, from, order_, [&](std::string_view key, std::string_view value) {
    if (key.size() != range.prefix.size() + 8 || !key.starts_with(range.prefix))
      return false;
    const std::uint64_t number = t::u64_at(key, range.prefix.size());
    if (number < range.from || number > range.to)
      return false;
    if (of.ready.size() == read_ahead) {
      (ascending ? range.from : range.to) = number;
      of.at_end = false;
      return false;
    }
    if (value.size() != value_bytes(range))
      throw storage_failure{{errc::corrupt, "a row of an index has a wrong length", 0}};
    of.ready.push_back(posting_of(range, number, value));
    return true;
  });
}

std::optional<posting> posting_source::next() {
  for (;;) {
    lane* first = nullptr;
    for (lane& each : lanes_) {
      if (each.ready.empty() && !each.at_end)
        refill(each);
      if (!each.ready.empty() &&
          (first == nullptr || comes_first(each.ready.front(), first->ready.front())))
        first = &each;
    }
    if (first == nullptr)
      return std::nullopt;
    const posting found = first->ready.front();
    first->ready.pop_front();
    if (found.position != last_) { // the same event may stand in several ranges
      last_ = found.position;
      return found;
    }
  }
}

std::optional<std::vector<posting_range>> ranges_for(
  const table_reader& tables, const query& asked) {
  std::vector<posting_range> ranges;
  if (asked.stream) {
    if (const auto stream = find_stream(tables, *asked.stream))
      ranges.push_back(stream_range(tables, *stream, asked));
    return ranges;
  }
  if (asked.correlation_id)
    return correlation_ranges(tables, asked);
  if (!asked.tags.empty())
    return std::vector{index_range(t::index_kind::tag, asked.tags.front(), asked)};
  if (!asked.types.empty() && asked.type_prefixes.empty()) {
    for (const std::string& type : asked.types)
      ranges.push_back(index_range(t::index_kind::type, type, asked));
    return ranges;
  }
  if (!asked.categories.empty()) {
    for (const std::string& category : asked.categories)
      ranges.push_back(index_range(t::index_kind::category, category, asked));
    return ranges;
  }
  return std::nullopt;
}

} // namespace aiex
