// What a projection does next, decided without an actor, a clock or a store.
//
// Each event counts once because state, rows and position are saved together, and whatever was not
// saved is handled again from there. An event that cannot be handled may have left the state half
// changed: so all goes back to what was saved, the events up to it are handled again, and then the
// policy speaks. What it said is saved before anything else is handled; so a failing event costs at
// most one such return, and many of them stay linear.
//
// While a save is under way nothing is handled: rows that are being saved are never read too early.
#pragma once

#include "aiex/actors/typed/projection_type.hpp"
#include "aiex/persistence/models/read_models.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace aiex {

enum class projection_control : std::uint8_t {
  pause,
  resume,  ///< Also of one that has stopped: it tries the event again.
  rebuild, ///< From the first event on, in a new generation.
  skip,    ///< Of one that has stopped: without the event in front of which it stands.
};

/// Thread: one at a time.
class projection_core {
public:
  using time = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::milliseconds pause_min{100};    ///< Before the first retry;
  static constexpr std::chrono::milliseconds pause_max{30'000}; ///< then twice as long, up to this.
  static constexpr std::size_t error_bytes_max = 1'024;         ///< Kept of an error's message.

  /// `saved`: what there is of it; of another form, or from behind `head`, it begins anew.
  projection_core(projection_options options, std::uint64_t fingerprint,
    const std::optional<projection_record>& saved, position head);

  /// It has no use for the saved state: a new generation, from the first event on.
  void begin_anew();

  enum class step : std::uint8_t {
    handle, ///< Hand it to the projection; then `handled` or `failed`.
    count,  ///< Skipped, and counted: `skipped` has been done.
    known,  ///< It has counted already.
    wait,   ///< Nothing now: a save, a pause, an operator.
  };
  step next(position event, time now);
  void handled(position event, time now, std::size_t changed_bytes = 0);

  /// The event could not be handled. All goes back to what is saved: `record()` is it again.
  void failed(position event, const error& why);

  /// There is something to save and it is time, or somebody waits for it.
  bool is_save_due(time now, bool is_wanted = false) const;
  /// `record()` and the rows are on their way; nothing is handled until `saved` or `save_failed`.
  void begin_save();
  void saved();
  /// All goes back to what is saved, as in `failed`. It is tried again with growing pauses, but for
  /// state_too_large and invalid_argument: then, or after `retries_max`, it stops.
  void save_failed(const error& why, time now);

  /// Errors: invalid_argument (to skip or resume one that does neither). After `rebuild` all begins
  /// anew, with a fresh state.
  result<void> control(projection_control what, time now);

  /// When to look again although nothing has come; nothing: when something comes.
  std::optional<time> due(time now) const;

  const projection_record& record() const noexcept { return record_; }
  bool is_saving() const noexcept { return is_saving_; }
  /// It is paused, has stopped, or waits to try again.
  bool stands_still(time now) const noexcept {
    return record_.status != projection_status::running || (retry_at_ && now < *retry_at_);
  }
  bool has_unsaved() const noexcept { return unsaved_since_.has_value(); }

private:
  void changed(time now, bool at_once);
  void back_to_saved();
  void remember(const error& why);
  void try_later(std::uint32_t& tries, time now);

  projection_options options_;
  projection_record record_;
  position saved_at_;
  std::uint64_t saved_skipped_ = 0;
  position saving_at_;
  std::uint64_t saving_skipped_ = 0;
  std::uint32_t unsaved_events_ = 0;
  std::optional<time> unsaved_since_;
  bool is_save_urgent_ = false;
  bool is_saving_ = false;
  std::optional<position> failing_; ///< The policy has yet to speak about it.
  bool skips_next_ = false;         ///< An operator's word.
  std::uint32_t retries_ = 0;       ///< Of the event in front.
  std::uint32_t save_failures_ = 0; ///< Since the last save.
  std::optional<time> retry_at_;
};

} // namespace aiex
