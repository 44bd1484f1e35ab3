#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace aiex {

/// One monitor of an actor; never that of another one of the same actor.
using monitor_ref = std::uint64_t;

/// Which monitors an actor has, on whom. Each target is watched once, however many there are.
class monitor_book {
public:
  using target = std::uintptr_t; ///< Any number that is one actor's as long as it is watched.

  explicit monitor_book(std::size_t monitors_max) : monitors_max_(monitors_max) {}

  struct added {
    monitor_ref ref = 0;
    bool is_first = false; ///< Of its target: watch it from now on.
  };
  /// Nothing: there are as many as there may be.
  std::optional<added> add(target whom);

  struct removed {
    target whom = 0;
    bool was_last = false; ///< Of its target: it need not be watched any more.
  };
  /// Nothing if there is none of that number.
  std::optional<removed> remove(monitor_ref which);

  /// The monitors of `whom`, in the order in which they were made.
  std::vector<monitor_ref> of(target whom) const;

  std::size_t size() const noexcept { return targets_.size(); }

private:
  std::size_t monitors_max_;
  monitor_ref last_ = 0;
  std::unordered_map<monitor_ref, target> targets_;
  /// In the order in which they were made, removed ones too as long as another one is left.
  struct watched {
    std::vector<monitor_ref> refs;
    std::size_t count = 0;
  };
  std::unordered_map<target, watched> watched_;
};

} // namespace aiex
