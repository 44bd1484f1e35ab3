#pragma once

#include "aiex/supervision/process/crash_reason.hpp"
#include "aiex/supervision/tree/supervision_event.hpp"

#include <unordered_map>
#include <utility>

namespace aiex {

/// What children died of, from their ends until their supervisor reports them.
class last_words {
public:
  void note(child_key key, const caf::error& reason) {
    crash_reason crash = crash_reason_of(reason);
    if (!crash.last_message.empty() || !crash.site.empty())
      said_.insert_or_assign(key, std::move(crash));
  }

  /// Once for each that was noted.
  void move_into(supervision_event& event, child_key key) {
    if (auto crash = said_.extract(key)) {
      event.last_message = std::move(crash.mapped().last_message);
      event.site = std::move(crash.mapped().site);
    }
  }

private:
  std::unordered_map<child_key, crash_reason> said_;
};

} // namespace aiex
