#include "aiex/supervision/tree/restart_backoff.hpp"

#include <algorithm>

namespace aiex {

bool is_sound(const restart_backoff& how) noexcept {
  return how.least.count() > 0 && how.most >= how.least && how.most <= restart_backoff_max &&
         how.jitter >= 0 && how.jitter <= 1;
}

std::chrono::milliseconds delay_of(
  const restart_backoff& how, std::uint32_t nth, double random) noexcept {
  std::chrono::milliseconds delay = how.least;
  for (std::uint32_t i = 1; i < nth && delay < how.most; ++i)
    delay *= 2; // at most twice `restart_backoff_max`
  delay = std::min(delay, how.most);
  const double left = static_cast<double>(delay.count()) * (1 - how.jitter * random);
  return std::chrono::milliseconds{static_cast<std::int64_t>(left)};
}

std::uint32_t restart_row::on_ended(const restart_backoff& how, time_point now) {
  if (began_ && now - *began_ >= how.most)
    count_ = 0;
  return ++count_;
}

} // namespace aiex
