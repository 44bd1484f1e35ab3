#include "aiex/persistence/store/id_check.hpp"

#include "aiex/persistence/base/checksum.hpp"
#include "aiex/persistence/log/entry.hpp"
#include "aiex/persistence/state/state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace aiex {

namespace {

struct seen_id {
  uuid id;
  position where;
};

/// One reading of the range: of all ids every n-th, by a number that spreads them evenly.
class id_pass {
public:
  id_pass(verify_report& report, position after, std::uint64_t passes, std::uint64_t number)
      : report_(report), after_(after), passes_(passes), number_(number) {}

  void take(const entry_view& entry, const table_reader* tables) {
    for (std::uint32_t ordinal = 0; ordinal < entry.header().event_count; ++ordinal) {
      const auto header = entry.header_of(ordinal);
      if (!header) // told by who checks the entry
        continue;
      const recorded_event& event = header->event;
      if (checksum64(event.id.view(), 0) % passes_ != number_)
        continue;
      seen_.push_back({event.id, event.position});
      const auto known = tables != nullptr ? find_event(*tables, event.id) : std::nullopt;
      if (known && *known <= after_)
        found(event.position, *known);
    }
  }

  void finish() {
    std::sort(seen_.begin(), seen_.end(), [](const seen_id& left, const seen_id& right) {
      return left.id == right.id ? left.where < right.where : left.id < right.id;
    });
    for (std::size_t i = 1; i < seen_.size(); ++i)
      if (seen_[i].id == seen_[i - 1].id)
        found(seen_[i].where, seen_[i - 1].where);
  }

private:
  void found(position where, position before) {
    report_.add({where, 0,
      fmt::format("the event at position {} has the id of the one at position {}", where.value,
        before.value)});
  }

  verify_report& report_;
  position after_;
  std::uint64_t passes_;
  std::uint64_t number_;
  std::vector<seen_id> seen_;
};

/// Hands on entries until it is enough for one snapshot. Where to go on.
result<std::uint64_t> read_step(const log_storage& log, const entry_range& range,
  std::uint64_t from, function_ref<void(const entry_view&)> each) {
  std::uint64_t next = range.last + 1;
  std::uint64_t examined = 0;
  auto read = log.read(from, direction::ascending, [&](const log_record& record) {
    if (record.index > range.last)
      return false;
    if (examined >= limits::events_per_check_step) {
      next = record.index;
      return false;
    }
    ++examined;
    if (const auto entry = entry_view::parse(record.bytes)) {
      examined += entry->header().event_count;
      each(*entry);
    }
    return true;
  });
  if (!read)
    return tl::unexpected(std::move(read.error()));
  return next;
}

} // namespace

result<void> check_ids(const log_storage& log, const ordered_tables* state,
  const entry_range& range, verify_report& report, function_ref<void()> step,
  std::size_t ids_at_a_time) {
  const std::uint64_t passes = range.events / ids_at_a_time + 1;
  for (std::uint64_t number = 0; number < passes; ++number) {
    id_pass pass{report, range.after, passes, number};
    for (std::uint64_t next = range.first; next <= range.last;) {
      result<std::uint64_t> after = next;
      const auto read_on = [&](const table_reader* tables) {
        after =
          read_step(log, range, next, [&](const entry_view& entry) { pass.take(entry, tables); });
      };
      if (state == nullptr)
        read_on(nullptr);
      else if (auto read = state->read([&](const table_reader& tables) { read_on(&tables); });
               !read)
        return read;
      if (!after)
        return tl::unexpected(std::move(after.error()));
      next = *after;
      step();
    }
    pass.finish();
  }
  return {};
}

} // namespace aiex
