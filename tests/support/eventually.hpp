#pragma once

#include <poll.h>

#include <chrono>

namespace aiex::test {

/// Long enough for the slowest machine; a test that needs it has failed.
inline constexpr std::chrono::milliseconds patience{10'000};

/// Looks until the condition holds, or `patience` is over. Returns whether it held.
template <class Condition>
bool eventually(Condition holds) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() >= deadline)
      return false;
    ::poll(nullptr, 0, 1); // leaves the processor to those we wait for
  }
  return true;
}

} // namespace aiex::test
