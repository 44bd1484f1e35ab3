#include "application/attendance.hpp"
#include "support/eventually.hpp"

#include <doctest/doctest.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

namespace aiex {
namespace {

/// Signals that a test blocks are let through again afterwards, once they have been taken.
struct kept_mask {
  sigset_t before{};
  kept_mask() { ::pthread_sigmask(SIG_SETMASK, nullptr, &before); }
  ~kept_mask() { ::pthread_sigmask(SIG_SETMASK, &before, nullptr); }
};

TEST_CASE("attendance: work hears of a signal, and its end ends the listening") {
  const kept_mask mask;
  const attendance here;
  CHECK_FALSE(here.run([](const std::atomic<bool>& told) { CHECK_FALSE(told); }));
  for (const int signal : {SIGINT, SIGTERM}) {
    CAPTURE(signal);
    CHECK(here.run([signal](const std::atomic<bool>& told) {
      ::kill(::getpid(), signal);
      CHECK(test::eventually([&] { return told.load(); }));
    }));
  }
  CHECK_FALSE(here.run([](const std::atomic<bool>&) {})); // nothing is left over
}

} // namespace
} // namespace aiex
