#include "aiex/persistence/store/verify.hpp"

#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/store/id_check.hpp"
#include "aiex/persistence/store/log_check.hpp"
#include "aiex/persistence/store/recovery.hpp"
#include "aiex/persistence/store/state_check.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace aiex {

namespace {

result<state_head> head_of(const ordered_tables& state) {
  state_head head;
  auto read = state.read([&](const table_reader& tables) { head = aiex::head_of(tables); });
  if (!read)
    return tl::unexpected(std::move(read.error()));
  return head;
}

/// Both sides of a check, step by step.
class check_run {
public:
  /// `state` may be null: then the log is checked alone. `last` is the last entry to be checked.
  check_run(
    const log_storage& log, const ordered_tables* state, const state_head& head, std::uint64_t last)
      : log_(log), state_(state), head_(head), last_(last), log_side_(report_),
        state_side_(report_, head) {
    if (state != nullptr)
      report_.state_head = head.position;
  }

  result<verify_report> run(function_ref<void(std::uint64_t events)> progress) {
    if (state_ != nullptr && head_.index == 0)
      state_side_.check_head(chain_end{});
    while (next_ <= last_) {
      const bool is_applied = state_ != nullptr && next_ <= head_.index;
      const auto examined = is_applied ? step_beside(*state_) : step(nullptr);
      if (!examined)
        return tl::unexpected(examined.error());
      progress(report_.events);
      if (*examined == 0)
        break;
    }
    if (next_ <= head_.index)
      report_.add({{}, next_,
        fmt::format("the log ends before entry {}, but the state has applied entry {}: "
                    "acknowledged events are missing",
          next_, head_.index)});
    const entry_range unapplied{head_.index + 1, last_, head_.position, events_behind_head_};
    if (auto checked =
          check_ids(log_, state_, unapplied, report_, [&] { progress(report_.events); });
        !checked)
      return tl::unexpected(std::move(checked.error()));
    if (state_ != nullptr)
      if (auto counted = state_side_.finish(*state_, log_side_.streams()); !counted)
        return tl::unexpected(std::move(counted.error()));
    return std::move(report_);
  }

private:
  /// How much was examined; 0: there is no more.
  result<std::uint64_t> step(const table_reader* tables) {
    const std::uint64_t last = tables != nullptr ? std::min(head_.index, last_) : last_;
    std::uint64_t examined = 0;
    auto read = log_.read(next_, direction::ascending, [&](const log_record& record) {
      if (record.index > last || examined >= limits::events_per_check_step)
        return false;
      next_ = record.index + 1;
      examined += take(record, tables);
      return true;
    });
    if (!read)
      return tl::unexpected(std::move(read.error()));
    return examined;
  }

  std::uint64_t take(const log_record& record, const table_reader* tables) {
    const auto entry = log_side_.take(record);
    if (entry && tables != nullptr)
      state_side_.take(*tables, *entry, log_side_.streams());
    if (record.index == head_.index)
      state_side_.check_head(log_side_.end());
    const std::uint64_t events = entry ? entry->header().event_count : 0;
    events_behind_head_ += record.index > head_.index ? events : 0;
    return events + 1;
  }

  result<std::uint64_t> step_beside(const ordered_tables& state) {
    result<std::uint64_t> examined;
    auto read = state.read([&](const table_reader& tables) { examined = step(&tables); });
    if (!read)
      return tl::unexpected(std::move(read.error()));
    return examined;
  }

  const log_storage& log_;
  const ordered_tables* state_;
  state_head head_;
  std::uint64_t last_;
  std::uint64_t next_ = 1;
  std::uint64_t events_behind_head_ = 0;
  verify_report report_;
  log_check log_side_;
  state_check state_side_;
};

} // namespace

result<verify_report> verify(const log_storage& log, const ordered_tables& state,
  function_ref<void(std::uint64_t events)> progress) {
  const auto head = head_of(state); // before the log's end, which a writer moves first
  if (!head)
    return tl::unexpected(head.error());
  const auto last = last_index(log);
  if (!last)
    return tl::unexpected(last.error());
  return check_run{log, &state, *head, *last}.run(progress);
}

result<verify_report> verify_log(
  const log_storage& log, function_ref<void(std::uint64_t events)> progress) {
  const auto last = last_index(log);
  if (!last)
    return tl::unexpected(last.error());
  return check_run{log, nullptr, {}, *last}.run(progress);
}

} // namespace aiex
