#include "aiex/actors/flow/subscription_table.hpp"

#include <algorithm>

namespace aiex {

namespace {

constexpr position end_of_log{std::numeric_limits<std::uint64_t>::max()};

/// The filter alone: what bounds a read is the table's business.
query without_bounds(query filter) {
  filter.after = {};
  filter.up_to = end_of_log;
  filter.limit.reset();
  filter.order = direction::ascending;
  return filter;
}

} // namespace

std::optional<subscription_id> subscription_table::add(
  subscriber_key subscriber, query filter, std::optional<position> from, std::uint32_t window) {
  if (subscriptions_.size() >= most_.subscriptions)
    return std::nullopt;
  const position start = from ? std::min(*from, live_) : live_;
  const std::uint32_t allowed = std::clamp<std::uint32_t>(window, 1, window_max);
  const subscription_id id = ++last_id_;
  subscription made;
  made.subscriber = subscriber;
  made.filter = without_bounds(std::move(filter));
  made.from = made.cursor = start;
  made.window = made.credit = allowed;
  subscription& added = subscriptions_.emplace(id, std::move(made)).first->second;
  by_subscriber_[subscriber].push_back(id);
  if (start != live_)
    behind_.insert(id);
  line_up(id, added);
  return id;
}

bool subscription_table::remove(subscription_id id) {
  const auto found = subscriptions_.find(id);
  if (found == subscriptions_.end())
    return false;
  const auto owner = by_subscriber_.find(found->second.subscriber);
  std::erase(owner->second, id);
  if (owner->second.empty())
    by_subscriber_.erase(owner);
  forget(id);
  return true;
}

void subscription_table::forget(subscription_id id) {
  const auto found = subscriptions_.find(id);
  end_read(found->second);
  leave_line(found->second);
  subscriptions_.erase(found);
  behind_.erase(id);
}

void subscription_table::remove_subscriber(subscriber_key subscriber) {
  const auto owner = by_subscriber_.find(subscriber);
  if (owner == by_subscriber_.end())
    return;
  for (const subscription_id id : owner->second)
    forget(id);
  by_subscriber_.erase(owner);
}

void subscription_table::grant(subscription_id id, std::uint32_t count) {
  const auto found = subscriptions_.find(id);
  if (found == subscriptions_.end())
    return;
  subscription& to = found->second;
  to.credit = count > to.window - to.credit ? to.window : to.credit + count;
  line_up(id, to);
}

/// In front of `catch_up`, if there is something to be done for it.
void subscription_table::line_up(subscription_id id, subscription& one) {
  const bool has_room = one.credit >= one.window - one.window / 2;
  if (one.stands != waits_for::nothing || one.reading || !has_room || !behind_.contains(id))
    return;
  one.stands = waits_for::service;
  one.at = to_serve_.insert(to_serve_.end(), id);
}

void subscription_table::leave_line(subscription& one) {
  if (one.stands != waits_for::nothing)
    (one.stands == waits_for::service ? to_serve_ : to_read_).erase(one.at);
  one.stands = waits_for::nothing;
}

bool subscription_table::is_covered_before(subscription_id id, const recorded_event& event) const {
  const auto& own = by_subscriber_.at(subscriptions_.at(id).subscriber);
  for (const subscription_id earlier : own) {
    if (earlier >= id)
      return false;
    const subscription& other = subscriptions_.at(earlier);
    if (event.position > other.from && matches(other.filter, event))
      return true;
  }
  return false;
}

std::shared_ptr<const subscription_table::selection> subscription_table::select(
  const query& filter, const event_batch& events, filter_cache& cache) const {
  for (const auto& [known, selected] : cache)
    if (*known == filter)
      return selected;
  auto selected = std::make_shared<selection>();
  for (std::uint32_t i = 0; i < events.size(); ++i)
    if (matches(filter, events[i]))
      selected->push_back(i);
  constexpr std::size_t filters_cached_max = 64;
  if (cache.size() < filters_cached_max)
    cache.emplace_back(&filter, selected);
  return selected;
}

std::optional<delivery> subscription_table::deliver(subscription_id id, subscription& to,
  const shared_events& events, std::shared_ptr<const selection> matching, position up_to) {
  const bool is_only_one = by_subscriber_.at(to.subscriber).size() == 1;
  const auto is_new = [&](std::uint32_t i) {
    const recorded_event& event = (*events)[i];
    return event.position > to.cursor && (is_only_one || !is_covered_before(id, event));
  };
  const bool takes_all =
    matching->size() <= to.credit && std::all_of(matching->begin(), matching->end(), is_new);
  if (!takes_all) {
    auto some = std::make_shared<selection>();
    for (const std::uint32_t i : *matching) {
      if (!is_new(i))
        continue;
      if (some->size() == to.credit) { // no credit for this one: the rest waits in the log
        up_to = position{(*events)[i].position.value - 1};
        break;
      }
      some->push_back(i);
    }
    matching = std::move(some);
  }
  to.cursor = std::max(to.cursor, up_to);
  if (matching->empty())
    return std::nullopt;
  to.credit -= static_cast<std::uint32_t>(matching->size());
  to.delivered += matching->size();
  return delivery{to.subscriber, events, std::move(matching), {id}};
}

/// Puts two deliveries of one batch to one subscriber into one, in log order.
void subscription_table::merge(std::vector<delivery>& into, delivery next) const {
  const auto same = std::find_if(into.begin(), into.end(),
    [&](const delivery& each) { return each.to == next.to && each.events == next.events; });
  if (same == into.end()) {
    into.push_back(std::move(next));
    return;
  }
  std::vector<std::pair<std::uint32_t, subscription_id>> both;
  for (const delivery* part : {&*same, &next})
    for (std::size_t i = 0; i < part->selected->size(); ++i)
      both.emplace_back(
        (*part->selected)[i], part->subscriptions[part->subscriptions.size() == 1 ? 0 : i]);
  std::sort(both.begin(), both.end());
  auto selected = std::make_shared<selection>();
  same->subscriptions.clear();
  for (const auto& [index, id] : both) {
    selected->push_back(index);
    same->subscriptions.push_back(id);
  }
  same->selected = std::move(selected);
}

std::vector<delivery> subscription_table::on_live(const shared_events& events, position up_to) {
  std::vector<delivery> made;
  filter_cache cache;
  for (const auto& [subscriber, ids] : by_subscriber_) {
    std::vector<delivery> own;
    for (const subscription_id id : ids) {
      subscription& to = subscriptions_.at(id);
      if (to.cursor != live_ || to.reading)
        continue;
      if (auto next = deliver(id, to, events, select(to.filter, *events, cache), up_to))
        merge(own, std::move(*next));
      if (to.cursor != up_to) {
        behind_.insert(id);
        line_up(id, to);
      }
    }
    std::move(own.begin(), own.end(), std::back_inserter(made));
  }
  keep(events, live_, up_to);
  live_ = up_to;
  return made;
}

void subscription_table::keep(const shared_events& events, position after, position up_to) {
  recent_.push_back({after, up_to, events});
  std::size_t bytes = 0;
  for (const recent_batch& each : recent_)
    bytes += each.events->bytes();
  while (
    !recent_.empty() && (recent_.size() > most_.recent_batches || bytes > most_.recent_bytes)) {
    bytes -= recent_.front().events->bytes();
    recent_.pop_front();
  }
}

/// Whether the recent batches reach back to the cursor; delivers from them then.
bool subscription_table::deliver_recent(
  subscription_id id, subscription& to, std::vector<delivery>& into) {
  if (recent_.empty() || to.cursor < recent_.front().after)
    return false;
  filter_cache none;
  for (const recent_batch& batch : recent_) {
    if (to.cursor >= batch.up_to)
      continue;
    auto next = deliver(id, to, batch.events, select(to.filter, *batch.events, none), batch.up_to);
    none.clear();
    if (next)
      into.push_back(std::move(*next));
    if (to.cursor < batch.up_to)
      break; // no credit left
  }
  return true;
}

void subscription_table::end_read(subscription& of) {
  if (of.reading)
    --reads_;
  of.reading.reset();
}

subscription_table::wanted subscription_table::catch_up() {
  wanted made;
  while (!to_serve_.empty()) {
    const subscription_id id = to_serve_.front();
    subscription& to = subscriptions_.at(id);
    if (deliver_recent(id, to, made.deliveries)) {
      leave_line(to);
      if (to.cursor == live_)
        behind_.erase(id);
    } else {
      to_read_.splice(to_read_.end(), to_serve_, to.at);
      to.stands = waits_for::read;
    }
  }
  while (!to_read_.empty() && reads_ < most_.reads) {
    const subscription_id id = to_read_.front();
    subscription& to = subscriptions_.at(id);
    leave_line(to);
    ++reads_;
    to.reading = {live_, to.credit};
    query asked = to.filter;
    asked.after = to.cursor;
    asked.up_to = live_;
    asked.limit = to.credit;
    made.reads.push_back({id, std::move(asked)});
  }
  return made;
}

std::vector<delivery> subscription_table::on_page(
  subscription_id id, const shared_events& events, const std::optional<query>& rest) {
  const auto found = subscriptions_.find(id);
  if (found == subscriptions_.end() || !found->second.reading)
    return {};
  subscription& to = found->second;
  const bool is_limited = events->size() >= to.reading->limit;
  const position read_to = rest                             ? rest->after
                           : is_limited && !events->empty() ? (*events)[events->size() - 1].position
                                                            : to.reading->up_to;
  end_read(to);
  auto all = std::make_shared<selection>(events->size());
  for (std::uint32_t i = 0; i < events->size(); ++i)
    (*all)[i] = i;
  auto made = deliver(id, to, events, std::move(all), read_to);
  if (to.cursor == live_)
    behind_.erase(id);
  line_up(id, to);
  return made ? std::vector{std::move(*made)} : std::vector<delivery>{};
}

void subscription_table::on_failed_read(subscription_id id) {
  const auto found = subscriptions_.find(id);
  if (found == subscriptions_.end())
    return;
  end_read(found->second);
  line_up(id, found->second);
}

void subscription_table::forget_reads() {
  for (auto& [id, each] : subscriptions_) {
    end_read(each);
    line_up(id, each);
  }
}

std::optional<subscription_info> subscription_table::find(subscription_id id) const {
  const auto found = subscriptions_.find(id);
  if (found == subscriptions_.end())
    return std::nullopt;
  const subscription& it = found->second;
  return subscription_info{
    id, it.subscriber, it.filter, it.from, it.cursor, it.credit, it.delivered};
}

std::vector<subscription_info> subscription_table::all(
  subscription_id after, std::size_t most) const {
  std::vector<subscription_info> made;
  for (auto each = subscriptions_.upper_bound(after);
       each != subscriptions_.end() && made.size() < most; ++each)
    made.push_back(*find(each->first));
  return made;
}

} // namespace aiex
