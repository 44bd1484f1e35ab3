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
    report_.add({where, index, std::move(what)});
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

/// Both sides of a check, step by step.
class check_run {
public:
  /// `state` may be null: then the log is checked alone.
  check_run(const log_storage& log, const ordered_tables* state, const state_head& head)
      : log_(log), state_(state), head_(head), log_side_(report_),
        state_side_(report_, head.position) {
    report_.head = head.position;
  }

  result<verify_report> run(function_ref<void(std::uint64_t events)> progress) {
    while (next_ <= head_.index) {
      const auto examined = state_ != nullptr ? step_beside_state() : step(nullptr);
      if (!examined)
        return tl::unexpected(examined.error());
      progress(report_.events);
      if (*examined == 0) {
        report_.add({{}, next_,
          fmt::format("the log ends before entry {}, but the state has "
                      "applied entry {}",
            next_, head_.index)});
        break;
      }
    }
    if (state_ == nullptr)
      return std::move(report_);
    if (auto counted = state_side_.finish(*state_); !counted)
      return tl::unexpected(std::move(counted.error()));
    report_.streams = state_side_.streams();
    return std::move(report_);
  }

private:
  /// How much was examined; 0: there is no more.
  result<std::uint64_t> step(const table_reader* tables) {
    std::uint64_t examined = 0;
    auto read = log_.read(next_, direction::ascending, [&](const log_record& record) {
      if (record.index > head_.index || examined >= limits::events_per_recovery_step)
        return false;
      next_ = record.index + 1;
      const auto entry = log_side_.take(record);
      if (entry && tables != nullptr)
        state_side_.take(*tables, *entry);
      examined += entry ? entry->header().event_count + 1 : 1;
      return true;
    });
    if (!read)
      return tl::unexpected(std::move(read.error()));
    return examined;
  }

  result<std::uint64_t> step_beside_state() {
    result<std::uint64_t> examined;
    auto read = state_->read([&](const table_reader& tables) { examined = step(&tables); });
    if (!read)
      return tl::unexpected(std::move(read.error()));
    return examined;
  }

  const log_storage& log_;
  const ordered_tables* state_;
  state_head head_;
  std::uint64_t next_ = 1;
  verify_report report_;
  log_check log_side_;
  state_check state_side_;
};

} // namespace

result<verify_report> verify(const log_storage& log, const ordered_tables& state,
  function_ref<void(std::uint64_t events)> progress) {
  const auto head = head_of(state);
  if (!head)
    return tl::unexpected(head.error());
  return check_run{log, &state, *head}.run(progress);
}

result<verify_report> verify_log(
  const log_storage& log, function_ref<void(std::uint64_t events)> progress) {
  const auto last = last_index(log);
  if (!last)
    return tl::unexpected(last.error());
  state_head head;
  head.index = *last;
  auto report = check_run{log, nullptr, head}.run(progress);
  if (report)
    report->head = {report->events};
  return report;
}

} // namespace aiex
