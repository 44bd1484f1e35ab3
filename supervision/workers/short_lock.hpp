// A lock for a few lines: who does not get it at once tries for some microseconds more before its
// thread sleeps, as glibc's adaptive mutexes do. To put a thread to sleep and to wake it takes a
// hundred times longer than what such a lock guards.
#pragma once

#include <mutex>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace aiex {

inline std::unique_lock<std::mutex> short_lock(std::mutex& mutex) {
  constexpr int tries = 200;
  for (int i = 0; i < tries; ++i) {
    std::unique_lock held{mutex, std::try_to_lock};
    if (held)
      return held;
#if defined(__x86_64__)
    _mm_pause();
#endif
  }
  return std::unique_lock{mutex};
}

} // namespace aiex
