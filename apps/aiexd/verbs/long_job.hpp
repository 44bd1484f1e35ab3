// Work that takes longer than a request: it runs on a thread of its own, and the client asks again
// and again how far it has come, with the cursor that it was given.
#pragma once

#include "aiex/actors/runtime/gateway_protocol.hpp"
#include "aiex/persistence/base/function_ref.hpp"

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace aiex {

/// Hears of progress; answers whether to go on.
using job_progress = function_ref<bool(std::uint64_t done, std::uint64_t total)>;
using job_work = std::function<gateway_reply(job_progress progress)>;

/// Runs from its making on. Its end waits for the work, which is told to stop.
class long_job {
public:
  long_job(job_work work, std::string unit);
  ~long_job();
  long_job(const long_job&) = delete;
  long_job& operator=(const long_job&) = delete;

  /// What it came to, or how far it is: `{"done":N,"total":N,"unit":"events"}` and `cursor`.
  gateway_reply reply(const std::string& cursor) const;
  bool is_done() const;
  /// Tells the work to stop, at its next word of progress. Does not wait for it.
  void stop() { is_stopped_ = true; }

private:
  std::string unit_;
  std::atomic<std::uint64_t> done_{0};
  std::atomic<std::uint64_t> total_{0};
  std::atomic<bool> is_stopped_{false};
  mutable std::mutex lock_; // guards outcome_
  std::optional<gateway_reply> outcome_;
  std::thread thread_; // last: it uses all of the above
};

} // namespace aiex
