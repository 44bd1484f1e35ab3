#include "aiex/actors/flow/internal/projection_waiters.hpp"

#include "aiex/actors/flow/projection.hpp"

#include <algorithm>
#include <utility>

namespace aiex {

void projection_waiters::add(position until, position head, time give_up, promise to) {
  if (until > head)
    to.deliver(projection_wait_answer{fail(errc::invalid_history,
      "position " + std::to_string(until.value) + " is beyond the head of the log")});
  else if (waiting_.size() >= projection_waiters_max)
    to.deliver(projection_wait_answer{
      fail(errc::overloaded, "too many wait for projection " + projection_ + ": ask again later")});
  else
    waiting_.push_back({until, give_up, std::move(to)});
}

void projection_waiters::answer(std::optional<position> reached, time now) {
  std::erase_if(waiting_, [&](waiter& each) {
    const bool is_done = reached && each.until <= *reached;
    const bool is_late = now >= each.give_up;
    if (is_done)
      each.to.deliver(projection_wait_answer{});
    else if (is_late)
      each.to.deliver(projection_wait_answer{
        fail(errc::time_out, "projection " + projection_ + " has not come so far in time")});
    return is_done || is_late;
  });
}

std::optional<projection_waiters::time> projection_waiters::due() const {
  return waiting_.empty() ? std::nullopt : std::optional{waiting_.front().give_up};
}

} // namespace aiex
