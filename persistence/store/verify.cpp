// Tested by tests/persistence/store/event_store_test.cpp
#include "aiex/persistence/store/verify.hpp"

#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/store/recovery.hpp"
#include "aiex/persistence/store/state_check.hpp"

#include <fmt/format.h>

#include <optional>

namespace aiex {

namespace {

/// Follows the log from entry to entry and says what does not follow.
class log_check {
public:
  explicit log_check(verify_report& report) : report_(report) {}

  /// The entry, if it can be read at all.
  std::optional<entry_view> take(const log_record& record) {
    if (record.index != next_index_)
      found({}, record.index,
        fmt::format("entries {} to {} are missing", next_index_, record.index - 1));
    next_index_ = record.index + 1;
    ++report_.entries;
    auto entry = entry_view::parse(record.bytes);
    if (!entry) {
      found({next_position_}, record.index, entry.error().message);
      chain_.reset(); // what follows cannot be checked against this one
      next_position_ = 0;
      return std::nullopt;
    }
    check_order(*entry);
    if (const auto sound = entry->verify(hash_); !sound)
      found({sound.error().actual}, record.index, sound.error().message);
    chain_ = entry->chain_digest(hash_);
    next_position_ = entry->header().next_position().value;
    recorded_at_ = entry->header().recorded_at;
    report_.events += entry->header().event_count;
    return *entry;
  }

private:
  void check_order(const entry_view& entry) {
    const entry_header& header = entry.header();
    const position first = header.first_position;
    if (header.index + 1 != next_index_)
      found(first, header.index,
        fmt::format("entry {} stands where {} belongs", header.index, next_index_ - 1));
    if (chain_ && header.previous != *chain_)
      found(
        first, header.index, fmt::format("the chain of digests breaks at entry {}", header.index));
    if (next_position_ != 0 && first.value != next_position_)
      found(first, header.index,
        fmt::format(
          "position {} follows, but the entry begins at {}", next_position_, first.value));
    if (header.recorded_at < recorded_at_)
      found(
        first, header.index, fmt::format("entry {} is older than the one before it", header.index));
  }

  void found(position where, std::uint64_t index, std::string what) {
    note_finding(report_, {where, index, std::move(what)});
  }

  verify_report& report_;
  sha256 hash_;
  std::uint64_t next_index_ = 1;
  std::uint64_t next_position_ = 1;
  timestamp recorded_at_{timestamp::min()};
  std::optional<digest> chain_ = digest{}; // before the first entry: zeros
};

result<state_head> head_of(const ordered_tables& state) {
  state_head head;
  auto read = state.read([&](const table_reader& tables) { head = aiex::head_of(tables); });
  if (!read)
    return tl::unexpected(std::move(read.error()));
  return head;
}

} // namespace

position verify_report::first_bad() const noexcept {
  position first;
  for (const finding& each : findings)
    if (each.where.value != 0 && (first.value == 0 || each.where < first))
      first = each.where;
  return first;
}

result<verify_report> verify(const log_storage& log, const ordered_tables& state,
  function_ref<void(std::uint64_t events)> progress) {
  const auto head = head_of(state);
  if (!head)
    return tl::unexpected(head.error());
  verify_report report;
  report.head = head->position;
  log_check log_side{report};
  state_check state_side{report, head->position};
  for (std::uint64_t next = 1; next <= head->index;) {
    std::uint64_t examined = 0;
    result<void> step;
    auto read = state.read([&](const table_reader& tables) {
      step = log.read(next, direction::ascending, [&](const log_record& record) {
        if (record.index > head->index || examined >= limits::events_per_recovery_step)
          return false;
        next = record.index + 1;
        const auto entry = log_side.take(record);
        if (entry)
          state_side.take(tables, *entry);
        examined += entry ? entry->header().event_count + 1 : 1;
        return true;
      });
    });
    if (!read || !step)
      return tl::unexpected(read ? step.error() : read.error());
    progress(report.events);
    if (examined == 0) {
      note_finding(
        report, {{}, next,
                  fmt::format("the log ends before entry {}, but the state has applied entry {}",
                    next, head->index)});
      break;
    }
  }
  if (auto counted = state_side.finish(state); !counted)
    return tl::unexpected(std::move(counted.error()));
  report.streams = state_side.streams();
  return report;
}

} // namespace aiex
