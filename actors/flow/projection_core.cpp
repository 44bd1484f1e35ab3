#include "aiex/actors/flow/projection_core.hpp"

#include <algorithm>

namespace aiex {

projection_core::projection_core(projection_options options, std::uint64_t fingerprint,
  const std::optional<projection_record>& saved, position head)
    : options_(options) {
  if (saved)
    record_ = *saved;
  record_.state.clear(); // the state itself is the projection's
  saved_at_ = record_.at;
  saved_skipped_ = record_.skipped;
  const bool is_of_this_form = record_.fingerprint == fingerprint && record_.at <= head;
  record_.fingerprint = fingerprint;
  if (saved && !is_of_this_form)
    begin_anew();
}

void projection_core::begin_anew() {
  ++record_.generation;
  record_.at = saved_at_ = saving_at_ = {};
  record_.skipped = saved_skipped_ = saving_skipped_ = record_.errors = 0;
  unsaved_events_ = 0;
  record_.last_error.clear();
  if (record_.status == projection_status::stopped)
    record_.status = projection_status::running;
  failing_.reset();
  retry_at_.reset();
  skips_next_ = false;
  retries_ = save_failures_ = 0;
  changed({}, true); // its first save says so, before any event counts
}

projection_core::step projection_core::next(position event, time now) {
  if (event <= record_.at)
    return step::known;
  if (is_saving_ || record_.status != projection_status::running || is_save_urgent_)
    return step::wait;
  if (retry_at_ && now < *retry_at_)
    return step::wait;
  const bool is_failing = failing_ && event >= *failing_;
  if (skips_next_ || (is_failing && options_.on_failure == failure_policy::skip)) {
    skips_next_ = false;
    failing_.reset();
    retries_ = 0;
    ++record_.skipped;
    record_.at = event;
    changed(now, true);
    return step::count;
  }
  if (is_failing) {
    failing_.reset();
    const bool tries_again =
      options_.on_failure == failure_policy::retry && retries_ < options_.retries_max;
    if (tries_again)
      try_later(retries_, now);
    else
      record_.status = projection_status::stopped;
    changed(now, true);
    return step::wait;
  }
  retry_at_.reset();
  return step::handle;
}

void projection_core::handled(position event, time now, std::size_t changed_bytes) {
  record_.at = event;
  if (!failing_) // else it is on the way back to where it failed
    retries_ = 0;
  ++unsaved_events_;
  changed(now,
    unsaved_events_ >= options_.save_every_events || changed_bytes >= row_table::changed_bytes_max);
}

void projection_core::failed(position event, const error& why) {
  remember(why);
  back_to_saved();
  failing_ = event;
}

bool projection_core::is_save_due(time now, bool is_wanted) const {
  if (is_saving_ || !unsaved_since_ || (retry_at_ && now < *retry_at_ && !is_save_urgent_))
    return false;
  return is_save_urgent_ || is_wanted || now >= *unsaved_since_ + options_.save_every;
}

void projection_core::begin_save() {
  is_saving_ = true;
  saving_at_ = record_.at;
  saving_skipped_ = record_.skipped;
  unsaved_events_ = 0;
  unsaved_since_.reset(); // what changes from now on is of the next save
  is_save_urgent_ = false;
}

void projection_core::saved() {
  is_saving_ = false;
  saved_at_ = saving_at_;
  saved_skipped_ = saving_skipped_;
  save_failures_ = 0;
}

void projection_core::save_failed(const error& why, time now) {
  is_saving_ = false;
  remember(why);
  back_to_saved();
  if (record_.status == projection_status::stopped)
    return; // it could not even save that
  const bool is_lasting = why.code == errc::state_too_large || why.code == errc::invalid_argument;
  if (!is_lasting && save_failures_ < options_.retries_max)
    return try_later(save_failures_, now);
  record_.status = projection_status::stopped;
  changed(now, true);
}

result<void> projection_core::control(projection_control what, time now) {
  const bool is_stopped = record_.status == projection_status::stopped;
  const bool is_running = record_.status == projection_status::running;
  switch (what) {
  case projection_control::pause:
    if (is_stopped)
      return fail(errc::invalid_argument, "the projection has stopped by an error: say resume, "
                                          "skip or rebuild");
    record_.status = projection_status::paused;
    break;
  case projection_control::skip:
    if (!is_stopped)
      return fail(errc::invalid_argument,
        "only the event in front of which a projection has stopped can be skipped");
    skips_next_ = true;
    [[fallthrough]];
  case projection_control::resume:
    if (is_running && !retry_at_)
      return fail(errc::invalid_argument, "the projection is running");
    record_.status = projection_status::running;
    retries_ = save_failures_ = 0;
    retry_at_.reset();
    break;
  case projection_control::rebuild:
    record_.status = projection_status::running;
    begin_anew();
    break;
  }
  changed(now, true);
  return {};
}

std::optional<projection_core::time> projection_core::due(time now) const {
  if (is_saving_)
    return std::nullopt;
  if (retry_at_ && *retry_at_ > now)
    return retry_at_;
  return unsaved_since_ ? std::optional{*unsaved_since_ + options_.save_every} : std::nullopt;
}

void projection_core::changed(time now, bool at_once) {
  if (!unsaved_since_)
    unsaved_since_ = now;
  is_save_urgent_ = is_save_urgent_ || at_once;
}

void projection_core::back_to_saved() {
  record_.at = saved_at_;
  record_.skipped = saved_skipped_;
  unsaved_events_ = 0;
  unsaved_since_.reset();
  is_save_urgent_ = false;
}

void projection_core::remember(const error& why) {
  ++record_.errors;
  record_.last_error = why.message.substr(0, error_bytes_max);
}

void projection_core::try_later(std::uint32_t& tries, time now) {
  const auto doubled = pause_min * (1U << std::min(tries, 16U));
  retry_at_ = now + std::min<std::chrono::milliseconds>(doubled, pause_max);
  ++tries;
}

} // namespace aiex
