#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace aiex::code_assistant {

/// A line on standard error that says how far something is; nothing if that is no terminal.
class progress_bar {
public:
  progress_bar();
  ~progress_bar() { clear(); }
  progress_bar(const progress_bar&) = delete;
  progress_bar& operator=(const progress_bar&) = delete;

  /// `total` is 0 if nobody knows. May be called often: draws at most every 50 ms.
  void show(std::string_view what, std::uint64_t done, std::uint64_t total);
  void clear();

private:
  bool is_terminal_;
  bool is_drawn_ = false;
  std::chrono::steady_clock::time_point last_{};
};

} // namespace aiex::code_assistant
