#include "aiex/supervision/tree/restart_window.hpp"

namespace aiex {

bool restart_window::allow(time_point now) {
  const auto second = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch());
  while (!recent_.empty() && recent_.front() < second - limit_.period)
    recent_.pop_front();
  recent_.push_back(second);
  const bool within = recent_.size() <= limit_.intensity;
  if (!within)
    recent_.pop_front(); // the bound of the memory; the supervisor ends anyway
  return within;
}

} // namespace aiex
