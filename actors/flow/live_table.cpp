#include "aiex/actors/flow/live_table.hpp"

#include <algorithm>

namespace aiex {

bool live_table::forward(std::string_view name) {
  const auto found = entries_.find(name);
  if (found == entries_.end() || found->second.where != phase::live)
    return false;
  entry& to = found->second;
  ++to.forwarded;
  if (!to.is_asked)
    used_.splice(used_.end(), used_, to.use);
  return true;
}

live_table::orders live_table::wait(std::string_view name, call_ticket call) {
  orders made;
  auto found = entries_.find(name);
  const bool is_new = found == entries_.end();
  if (waiting_ >= most_.waiting ||
      (!is_new && found->second.calls.size() >= most_.waiting_per_aggregate)) {
    made.refuse.push_back(call);
    return made;
  }
  if (is_new) {
    found = entries_.emplace(std::string{name}, entry{}).first;
    line_.push_back(&found->first);
  }
  found->second.calls.push_back(call);
  ++waiting_;
  give_places(made);
  return made;
}

live_table::orders live_table::on_started(std::string_view name) {
  orders made;
  const auto found = entries_.emplace(std::string{name}, entry{}).first;
  entry& started = found->second;
  if (started.where == phase::waiting_for_place)
    std::erase(line_, &found->first);
  end_life(started); // of the one before it, should that not have been heard of yet
  started.where = phase::live;
  started.use = used_.insert(used_.end(), &found->first);
  started.forwarded = started.calls.size();
  release(started, made.forward);
  give_places(made);
  return made;
}

live_table::orders live_table::on_not_started(std::string_view name) {
  orders made;
  const auto found = entries_.find(name);
  if (found == entries_.end() || found->second.where != phase::starting)
    return made;
  release(found->second, made.refuse);
  entries_.erase(found);
  give_places(made);
  return made;
}

live_table::orders live_table::on_idle(std::string_view name, std::uint64_t handled) {
  orders made;
  const auto found = entries_.find(name);
  if (found == entries_.end() || found->second.where != phase::live ||
      found->second.forwarded != handled)
    return made; // a call is on its way to it
  entry& idle = found->second;
  if (!idle.is_asked)
    used_.erase(idle.use);
  idle.where = phase::stopping;
  made.retire.push_back(found->first);
  return made;
}

live_table::orders live_table::on_down(std::string_view name, bool comes_back) {
  orders made;
  const auto found = entries_.find(name);
  if (found == entries_.end())
    return made;
  entry& ended = found->second;
  end_life(ended);
  if (comes_back || !ended.calls.empty()) {
    ended.where = phase::starting;
    if (!comes_back)
      made.start.push_back(found->first);
  } else {
    entries_.erase(found);
  }
  give_places(made);
  return made;
}

void live_table::end_life(entry& of) {
  if (of.where == phase::live && !of.is_asked)
    used_.erase(of.use);
  if (of.is_asked)
    --asked_;
  of.is_asked = false;
  of.forwarded = 0;
}

/// Starts those whose turn it is; for each that still waits, asks one that lives to make room.
void live_table::give_places(orders& into) {
  while (!line_.empty() && live() < most_.live) {
    const std::string& next = *line_.front();
    line_.pop_front();
    entries_.find(next)->second.where = phase::starting;
    into.start.push_back(next);
  }
  while (asked_ < line_.size() && !used_.empty()) {
    const std::string& oldest = *used_.front();
    used_.pop_front();
    entries_.find(oldest)->second.is_asked = true;
    ++asked_;
    into.report.push_back(oldest);
  }
}

void live_table::release(entry& from, std::vector<call_ticket>& into) {
  waiting_ -= from.calls.size();
  into.insert(into.end(), from.calls.begin(), from.calls.end());
  from.calls.clear();
}

} // namespace aiex
