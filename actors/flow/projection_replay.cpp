#include "aiex/actors/flow/projection_replay.hpp"

#include "aiex/actors/flow/internal/projection_event.hpp"
#include "aiex/persistence/store/replay.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

namespace aiex {

namespace {

class scratch_copy {
public:
  scratch_copy(const projection_type& type, query filter)
      : type_(type), filter_(std::move(filter)) {}

  /// Fresh again; `without` is left out from now on.
  void begin_without(position without) {
    skipped_.insert(without);
    state_ = type_.state.fresh();
    rows_.emplace(nothing_saved);
    count_ = 0;
    failed_.reset();
  }
  std::size_t skipped() const { return skipped_.size(); }

  /// Where it has failed, if it has.
  const std::optional<position>& failed() const { return failed_; }

  result<void> apply(const recorded_event& event) {
    if (!matches(filter_, event) || skipped_.contains(event.position))
      return {};
    event_context context{event, reader_, &*rows_};
    auto done = handle_event(type_, state_.get(), context);
    if (!done) {
      failed_ = event.position;
      return done;
    }
    if (rows_->changed_bytes() > replay_rows_bytes_max)
      return fail(errc::state_too_large,
        fmt::format("the rows of a copy of projection {} take more than {} bytes: replay fewer "
                    "events",
          type_.name, replay_rows_bytes_max));
    ++count_;
    return {};
  }

  result<replayed_projection> finish() const {
    std::string state = "null";
    if (type_.state.save != nullptr) {
      auto saved = type_.state.save(state_.get());
      if (!saved)
        return tl::unexpected(std::move(saved.error()));
      state = std::move(*saved);
    }
    return replayed_projection{count_, skipped_.size(), std::move(state)};
  }

private:
  static result<std::optional<std::string>> nothing_saved(std::string_view) {
    return std::optional<std::string>{};
  }

  const projection_type& type_;
  query filter_;
  any_state state_ = type_.state.fresh();
  std::optional<row_table> rows_{nothing_saved};
  json_reader reader_;
  std::set<position> skipped_;
  std::optional<position> failed_;
  std::uint64_t count_ = 0;
};

/// What the user asked for, narrowed where the user left it open.
query narrowed(query asked, const query& filter) {
  if (asked.categories.empty() && !asked.stream)
    asked.categories = filter.categories;
  if (asked.types.empty() && asked.type_prefixes.empty())
    asked.types = filter.types;
  return asked;
}

} // namespace

query filter_of(const projection_type& type) {
  query filter;
  if (!type.from.empty())
    filter.categories.emplace_back(type.from);
  for (const event_row& row : type.events)
    if (!row.type.empty())
      filter.types.emplace_back(row.type);
  return filter;
}

result<replayed_projection> replay_projection(const projection_type& type,
  const event_store& events, const query& asked, replay_progress progress) {
  const auto head = events.head();
  if (!head)
    return tl::unexpected(head.error());
  const query filter = filter_of(type);
  query range = narrowed(asked, filter);
  range.up_to = std::min(range.up_to, head->position); // the same in each attempt
  scratch_copy copy{type, filter};
  for (;;) {
    const auto done = replay(events, range, [&](const recorded_event& event, occasion) {
      if (!progress(event.position, range.up_to))
        return result<void>{fail(errc::stopped, "the replay was told to stop")};
      return copy.apply(event);
    });
    if (done)
      return copy.finish();
    const bool skips = copy.failed() && type.options.on_failure == failure_policy::skip;
    if (!skips || copy.skipped() >= replay_skips_max)
      return tl::unexpected(done.error());
    copy.begin_without(*copy.failed());
  }
}

} // namespace aiex
