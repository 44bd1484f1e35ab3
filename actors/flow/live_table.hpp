// Which aggregates live on this node and which calls wait for one to live, decided without an
// actor: the router asks, and does what it is told.
//
//   waiting_for_place --place free--> starting --started--> live --idle, asked--> stopping
//   --down-->
//
// At most `live_max` have a place. If there is none left, the least recently used ones are asked to
// say when they are idle. No call is lost when one stops: it says how many calls it has handled,
// and only if those are all that were forwarded is it told to stop; what comes then waits until it
// has ended and is forwarded to the next one of its name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace aiex {

/// Names a call that waits; chosen by the caller.
using call_ticket = std::uint64_t;

/// Thread: one at a time.
class live_table {
public:
  struct limits {
    std::size_t live = 10'000;   ///< Aggregates that have a place.
    std::size_t waiting = 4'096; ///< Calls that wait for theirs to live.
    std::size_t waiting_per_aggregate = 256;
  };

  /// What is to be done now, in this order.
  struct orders {
    std::vector<std::string> retire{};  ///< Tell it to stop.
    std::vector<std::string> report{};  ///< Ask it to say when it is idle.
    std::vector<std::string> start{};   ///< Start it; then `on_started` or `on_not_started`.
    std::vector<call_ticket> forward{}; ///< To the aggregate these came for, which lives.
    std::vector<call_ticket> refuse{};  ///< There are too many of them, or theirs cannot start.
  };

  explicit live_table(limits most) : most_(most) {}

  /// A call for one that lives: counted, to be forwarded to it. False if it does not live: `wait`.
  bool forward(std::string_view name);

  /// A call for one that does not live.
  orders wait(std::string_view name, call_ticket call);

  /// It lives: it was ordered, or its supervisor has started it again.
  orders on_started(std::string_view name);
  orders on_not_started(std::string_view name);

  /// It is idle and has handled so many calls since it was started.
  orders on_idle(std::string_view name, std::uint64_t handled);

  /// It has ended. `comes_back`: its supervisor starts it again by itself.
  orders on_down(std::string_view name, bool comes_back);

  std::size_t live() const noexcept { return entries_.size() - line_.size(); }
  std::size_t waiting() const noexcept { return waiting_; }

private:
  enum class phase : std::uint8_t { waiting_for_place, starting, live, stopping };
  using order_of_use = std::list<const std::string*>;
  struct entry {
    phase where = phase::waiting_for_place;
    bool is_asked = false;            ///< To report; until it has ended.
    std::uint64_t forwarded = 0;      ///< Calls, since it was started.
    std::vector<call_ticket> calls{}; ///< That wait for it.
    order_of_use::iterator use{};     ///< While it lives and was not asked.
  };
  struct text_hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  using table = std::unordered_map<std::string, entry, text_hash, std::equal_to<>>;

  void end_life(entry& of);
  void give_places(orders& into);
  void release(entry& from, std::vector<call_ticket>& into);

  limits most_;
  table entries_;
  order_of_use used_;                   // least recently first
  std::deque<const std::string*> line_; // for a place
  std::size_t asked_ = 0;               // entries with `is_asked`
  std::size_t waiting_ = 0;
};

} // namespace aiex
