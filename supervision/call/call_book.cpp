#include "aiex/supervision/call/call_book.hpp"

namespace aiex {

std::optional<call_book::opened> call_book::open(target to, call_waiting from, time_point due) {
  if (size_ == calls_max_)
    return std::nullopt;
  const auto [known, is_new] = targets_.try_emplace(to);
  const slot call = take_place();
  places_[call].from = std::move(from);
  places_[call].due = due;
  append(known->second, call);
  deadlines_.emplace_hint(deadlines_.end(), due, call); // most have the same time-out
  ++size_;
  return opened{call_id{places_[call].generation} << 32U | call, is_new, sets_look(due)};
}

void call_book::strike_out(call_id answered) {
  const slot call = static_cast<slot>(answered);
  if (call < places_.size() && places_[call].to && places_[call].generation == answered >> 32U)
    close(call);
}

std::vector<call_waiting> call_book::target_ended(target ended) {
  std::vector<call_waiting> waiting;
  const auto known = targets_.find(ended);
  if (known == targets_.end())
    return waiting;
  while (known->second.first != none)
    waiting.push_back(close(known->second.first));
  targets_.erase(known);
  return waiting;
}

call_book::late call_book::due(time_point asked_for, time_point now) {
  looks_.erase(asked_for);
  late found;
  while (!deadlines_.empty() && deadlines_.begin()->first <= now)
    found.calls.push_back(close(deadlines_.begin()->second));
  if (!deadlines_.empty() && sets_look(deadlines_.begin()->first))
    found.again = deadlines_.begin()->first;
  return found;
}

bool call_book::sets_look(time_point due) {
  if (!looks_.empty() && *looks_.begin() <= due)
    return false;
  looks_.insert(due);
  return true;
}

call_book::slot call_book::take_place() {
  if (first_free_ == none) {
    places_.emplace_back();
    return static_cast<slot>(places_.size() - 1);
  }
  const slot free = first_free_;
  first_free_ = std::exchange(places_[free].behind, none);
  return free;
}

void call_book::append(chain& to, slot call) {
  places_[call].to = &to;
  places_[call].before = to.last;
  (to.last == none ? to.first : places_[to.last].behind) = call;
  to.last = call;
}

call_waiting call_book::close(slot call) {
  place& its = places_[call];
  (its.before == none ? its.to->first : places_[its.before].behind) = its.behind;
  (its.behind == none ? its.to->last : places_[its.behind].before) = its.before;
  deadlines_.erase({its.due, call});
  its.to = nullptr;
  its.before = none;
  its.behind = std::exchange(first_free_, call);
  ++its.generation;
  --size_;
  return std::exchange(its.from, {});
}

} // namespace aiex
