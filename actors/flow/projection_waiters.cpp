#include "aiex/actors/flow/internal/projection_waiters.hpp"

#include "aiex/actors/flow/projection.hpp"

#include <algorithm>
#include <utility>

namespace aiex {

void projection_waiters::add(
  position until, position head, time give_up, bool is_patient, answer_function answer) {
  if (until > head)
    answer(fail(errc::invalid_history,
      "position " + std::to_string(until.value) + " is beyond the head of the log"));
  else if (waiting_.size() >= projection_waiters_max)
    answer(
      fail(errc::overloaded, "too many wait for projection " + projection_ + ": ask again later"));
  else
    waiting_.push_back({until, give_up, is_patient, std::move(answer)});
}

void projection_waiters::answer(std::optional<position> reached, bool stands_still, time now) {
  std::erase_if(waiting_, [&](const waiter& each) {
    if (reached && each.until <= *reached)
      each.answer({});
    else if (stands_still && !each.is_patient)
      each.answer(fail(errc::stopped, "projection " + projection_ + " stands still"));
    else if (now >= each.give_up)
      each.answer(
        fail(errc::time_out, "projection " + projection_ + " has not come so far in time"));
    else
      return false;
    return true;
  });
}

std::optional<projection_waiters::time> projection_waiters::due() const {
  const auto first = std::min_element(waiting_.begin(), waiting_.end(),
    [](const waiter& a, const waiter& b) { return a.give_up < b.give_up; });
  return first == waiting_.end() ? std::nullopt : std::optional{first->give_up};
}

} // namespace aiex
