#include "aiex/supervision/process/process_life.hpp"

#include <caf/exit_reason.hpp>

#include <utility>

namespace aiex {

void process_life::note(const caf::error& why) {
  if (ends_.load(std::memory_order_relaxed))
    return;
  reason_ = why;
  ends_.store(true, std::memory_order_release);
}

void process_life::watch(caf::attachable_ptr who) {
  caf::error reason;
  {
    const std::lock_guard guard{lock_};
    if (!is_over_) {
      watchers_.push_back(std::move(who));
      return;
    }
    reason = reason_;
  }
  who->actor_exited(reason, nullptr);
}

std::size_t process_life::unwatch(const caf::attachable::token& what) {
  std::vector<caf::attachable_ptr> gone; // let go of outside the lock: they may hold actors
  const std::lock_guard guard{lock_};
  std::size_t kept = 0;
  for (caf::attachable_ptr& each : watchers_)
    if (each->matches(what))
      gone.push_back(std::move(each));
    else
      std::swap(watchers_[kept++], each);
  watchers_.resize(kept);
  return gone.size();
}

std::size_t process_life::watchers() const {
  const std::lock_guard guard{lock_};
  return watchers_.size();
}

void process_life::begins_to_end(const caf::error& why) {
  const std::lock_guard guard{lock_};
  note(why);
}

bool process_life::end(const caf::error& why, caf::execution_unit* host) {
  std::vector<caf::attachable_ptr> told;
  caf::error reason;
  {
    const std::lock_guard guard{lock_};
    if (is_over_)
      return false;
    note(why);
    is_over_ = true;
    told.swap(watchers_);
    reason = reason_;
  }
  for (const caf::attachable_ptr& each : told)
    each->actor_exited(reason, host);
  return true;
}

std::optional<caf::error> process_life::reason() const {
  const std::lock_guard guard{lock_};
  return ends_.load(std::memory_order_relaxed) ? std::optional{reason_} : std::nullopt;
}

bool process_life::was_killed() const {
  return has_begun_to_end() && reason() == caf::error{caf::exit_reason::kill};
}

} // namespace aiex
