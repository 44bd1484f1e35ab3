#include "aiex/persistence/store/side_by_side.hpp"

#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace aiex {

namespace {

using work = function_ref<void()>;

/// What it throws.
std::exception_ptr thrown_by(work run) {
  try {
    run();
  } catch (...) {
    return std::current_exception();
  }
  return nullptr;
}

class other_thread {
public:
  other_thread() = default;
  other_thread(const other_thread&) = delete;
  other_thread& operator=(const other_thread&) = delete;
  ~other_thread() {
    if (!thread_.joinable())
      return;
    {
      const std::lock_guard guard{lock_};
      ends_ = true;
    }
    given_.notify_one();
    thread_.join();
  }

  void run_both(work there, work here) {
    if (!thread_.joinable())
      thread_ = std::thread{[this] { work_on(); }};
    {
      const std::lock_guard guard{lock_};
      work_ = there;
    }
    given_.notify_one();
    std::exception_ptr here_threw = thrown_by(here);
    std::unique_lock guard{lock_};
    done_.wait(guard, [this] { return !work_; });
    const std::exception_ptr there_threw = std::exchange(threw_, nullptr);
    if (here_threw)
      std::rethrow_exception(here_threw);
    if (there_threw)
      std::rethrow_exception(there_threw);
  }

private:
  void work_on() {
    std::unique_lock guard{lock_};
    for (;;) {
      given_.wait(guard, [this] { return work_ || ends_; });
      if (!work_)
        return;
      const work next = *work_;
      guard.unlock();
      std::exception_ptr threw = thrown_by(next);
      guard.lock();
      threw_ = std::move(threw);
      work_.reset();
      guard.unlock();
      done_.notify_one();
      guard.lock();
    }
  }

  std::thread thread_;
  std::mutex lock_; // guards all below
  std::condition_variable given_;
  std::condition_variable done_;
  std::optional<work> work_;
  std::exception_ptr threw_;
  bool ends_ = false;
};

} // namespace

run_both one_after_the_other() {
  return [](work there, work here) {
    const std::exception_ptr there_threw = thrown_by(there);
    here();
    if (there_threw)
      std::rethrow_exception(there_threw);
  };
}

run_both side_by_side() {
  return
    [its = std::make_shared<other_thread>()](work there, work here) { its->run_both(there, here); };
}

} // namespace aiex
