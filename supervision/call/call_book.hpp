#pragma once

#include <caf/actor_addr.hpp>
#include <caf/message_id.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

namespace aiex {

/// Who waits for an answer, and the number under which it is to come.
struct call_waiting {
  caf::actor_addr who; ///< Weak: a call keeps nobody alive.
  caf::message_id answer;
};

/// Which calls are open, to whom, and until when. Reads no clock and sends nothing. One thread at a
/// time. To open a call or to strike one out costs the same however many are open, but for the
/// logarithm of the deadlines; the end of who was called costs as much as it has open calls.
class call_book {
public:
  using time_point = std::chrono::steady_clock::time_point;
  using call_id = std::uint64_t; ///< Its place, and the how many-th it is there. Never 0.
  using target = std::uintptr_t; ///< Any number that is one actor's as long as it lives.

  explicit call_book(std::size_t calls_max) : calls_max_(calls_max) {}
  call_book(const call_book&) = delete; // its places point to its targets
  call_book& operator=(const call_book&) = delete;

  struct opened {
    call_id id = 0;
    bool is_new_target = false; ///< Nobody has told of its end yet: watch it, from now on.
    bool is_due_first = false;  ///< Before all looks that are set: set one for its time.
  };
  /// Nothing: there are as many as there may be.
  std::optional<opened> open(target to, call_waiting from, time_point due);

  /// The call was answered. Nothing happens if it is open no more.
  void strike_out(call_id answered);

  /// Who called it and has no answer, in the order of their calls. It is to be watched anew if it
  /// is called again.
  std::vector<call_waiting> target_ended(target ended);

  /// Of the look that was set for `asked_for`: those whose time is over at `now`, the longest
  /// overdue first; `again` is for when to set another. Nothing if one that is set already comes in
  /// time: each look stays set until it comes, so that short calls leave a far one alone.
  struct late {
    std::vector<call_waiting> calls;
    std::optional<time_point> again;
  };
  late due(time_point asked_for, time_point now);

  std::size_t size() const noexcept { return size_; }

private:
  using slot = std::uint32_t;
  static constexpr slot none = UINT32_MAX;

  /// The calls to one target, a chain through their places.
  struct chain {
    slot first = none;
    slot last = none;
  };
  struct place {
    call_waiting from;
    time_point due;
    chain* to = nullptr; ///< Null: free, and `behind` is the next free one.
    slot before = none;
    slot behind = none;
    std::uint32_t generation = 1; ///< How many calls had this place, with the next one.
  };

  bool sets_look(time_point due); ///< False: one that is set comes in time.
  slot take_place();
  void append(chain& to, slot call);
  call_waiting close(slot call);

  std::size_t calls_max_;
  std::size_t size_ = 0;
  std::vector<place> places_;
  slot first_free_ = none;
  std::unordered_map<target, chain> targets_; ///< Those that are watched.
  std::set<std::pair<time_point, slot>> deadlines_;
  std::set<time_point> looks_; ///< That are set and have still to come.
};

} // namespace aiex
