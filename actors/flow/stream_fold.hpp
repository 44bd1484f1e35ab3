#pragma once

#include "aiex/actors/typed/aggregate_type.hpp"
#include "aiex/persistence/models/snapshots.hpp"

#include <memory>
#include <string>

namespace aiex {

/// The state of an aggregate as of a version: its events, applied in order. Starts at version 0.
/// Thread: one at a time.
class stream_fold {
public:
  explicit stream_fold(std::shared_ptr<const aggregate_type> type)
      : type_(std::move(type)), state_(type_->state.fresh()) {}

  /// The next event of the stream. One of an unknown type changes nothing but the version. After an
  /// error the fold is at version 0 again, because the state may have been half changed. Errors:
  /// corrupt (a version is missing), those of `apply_event`.
  result<void> apply(const recorded_event& event, json_reader& reader);

  /// Begins at a snapshot instead of at version 0. False, and version 0, if it cannot be used: of
  /// another history, made by another state, `events` or `state_version`, or damaged.
  bool restore(const snapshot& taken, const uuid& history, json_reader& reader);

  void reset();

  /// Whether a snapshot of the state can be taken at all.
  bool has_form() const noexcept { return type_->state.save != nullptr; }

  /// The state as JSON; "null" if it has no form. Errors: those of `encode`.
  result<std::string> save() const;

  const void* state() const noexcept { return state_.get(); }
  std::uint64_t version() const noexcept { return version_; }

private:
  std::shared_ptr<const aggregate_type> type_;
  any_state state_;
  std::uint64_t version_ = 0;
};

} // namespace aiex
