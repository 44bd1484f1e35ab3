#include "aiexd/verbs/long_job.hpp"

#include <fmt/format.h>

namespace aiex {

long_job::long_job(job_work work, std::string unit) : unit_(std::move(unit)) {
  thread_ = std::thread{[this, work = std::move(work)] {
    gateway_reply outcome;
    try {
      outcome = work([this](std::uint64_t done, std::uint64_t total) {
        done_ = done;
        total_ = total;
        return !is_stopped_;
      });
    } catch (const std::exception& problem) {
      outcome = reply_with(error{errc::io, problem.what()});
    } catch (...) {
      outcome = reply_with(error{errc::io, "the work failed, and what it threw has no words"});
    }
    const std::lock_guard guard{lock_};
    outcome_ = std::move(outcome);
  }};
}

long_job::~long_job() {
  stop();
  thread_.join();
}

gateway_reply long_job::reply(const std::string& cursor) const {
  const std::lock_guard guard{lock_};
  if (outcome_)
    return *outcome_;
  gateway_reply progress = reply_with(
    fmt::format(R"({{"done":{},"total":{},"unit":"{}"}})", done_.load(), total_.load(), unit_));
  progress.next = cursor;
  return progress;
}

bool long_job::is_done() const {
  const std::lock_guard guard{lock_};
  return outcome_.has_value();
}

} // namespace aiex
