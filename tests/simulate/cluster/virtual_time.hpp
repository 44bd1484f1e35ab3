#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <queue>
#include <utility>
#include <vector>

namespace aiex::test {

using virtual_us = std::uint64_t;

inline constexpr virtual_us millisecond = 1'000;
inline constexpr virtual_us second = 1'000 * millisecond;

/// Time that passes only from one thing that is planned to the next. What is planned for the same
/// moment happens in the order in which it was planned.
class virtual_time {
public:
  using action = std::function<void()>;

  virtual_us now() const noexcept { return now_; }
  std::uint64_t steps() const noexcept { return steps_; }

  void in(virtual_us delay, action what) {
    to_come_.push({now_ + delay, ++planned_, std::move(what)});
  }

  /// The next thing happens. False: nothing is planned.
  bool step() {
    if (to_come_.empty())
      return false;
    // A priority queue shows its top as const; it leaves at once, so nobody sees it moved from.
    planned next = std::move(const_cast<planned&>(to_come_.top()));
    to_come_.pop();
    now_ = next.at;
    ++steps_;
    next.what();
    return true;
  }

private:
  struct planned {
    virtual_us at = 0;
    std::uint64_t number = 0;
    action what;
  };
  struct is_later {
    bool operator()(const planned& a, const planned& b) const noexcept {
      return std::pair{a.at, a.number} > std::pair{b.at, b.number};
    }
  };

  std::priority_queue<planned, std::vector<planned>, is_later> to_come_;
  virtual_us now_ = 0;
  std::uint64_t planned_ = 0;
  std::uint64_t steps_ = 0;
};

} // namespace aiex::test
