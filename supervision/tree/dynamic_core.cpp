#include "aiex/supervision/tree/dynamic_core.hpp"

#include "aiex/supervision/tree/stop_verdict.hpp"

#include <algorithm>
#include <utility>

namespace aiex {

tl::expected<dynamic_core::orders, supervision_error> dynamic_core::add(child_spec spec) {
  if (auto sound = check(spec, auto_shutdown::never); !sound)
    return tl::unexpected(std::move(sound.error()));
  if (phase_ != phase::running)
    return tl::unexpected(supervision_error{supervision_errc::stopping,
      "the supervisor is about to end: ask again when it has been started again"});
  if (children_.size() >= most_.children)
    return tl::unexpected(supervision_error{supervision_errc::too_many_children,
      "there are " + std::to_string(most_.children) + " children already: end some first"});
  children_.emplace(++last_, child{std::move(spec)});
  return orders{start{last_}};
}

dynamic_core::orders dynamic_core::on_started(dynamic_child which, child_key key) {
  child& of = children_.at(which);
  of.status = child_status::running;
  by_key_.erase(of.key);
  of.key = key;
  if (of.spec.restart == restart::temporary)
    of.spec.start = nullptr; // with its arguments: it is never started again
  by_key_.emplace(key, which);
  return {report_of(child_change::started, of)};
}

dynamic_core::orders dynamic_core::on_ignored(dynamic_child which) {
  forget(which);
  return {};
}

dynamic_core::orders dynamic_core::on_start_failed(dynamic_child which, std::string reason) {
  const auto found = children_.find(which);
  if (found == children_.end())
    return {}; // the supervisor is about to end
  child& of = found->second;
  orders made{report_of(child_change::failed_to_start, of, std::move(reason))};
  if (of.restarts == 0) {
    forget(which);
  } else {
    restart_later(which, of.row.on_failed(), made);
  }
  return made;
}

dynamic_core::orders dynamic_core::on_ended(
  child_key key, exit_kind kind, std::string reason, time_point now) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end())
    return {};
  const dynamic_child which = found->second;
  child& of = children_.at(which);
  orders made;
  if (of.stopping != child::stage::none || phase_ != phase::running) {
    if (!has_ended_as_told(of.spec, of.stopping == child::stage::killed, kind, reason))
      made.emplace_back(report_of(child_change::shutdown_error, of, std::move(reason)));
    made.emplace_back(report_of(child_change::stopped, of));
    forget(which);
    end_if_empty(made);
    return made;
  }
  report exited = report_of(child_change::exited, of, std::move(reason));
  exited.kind = kind;
  made.emplace_back(std::move(exited));
  const bool comes_back = of.spec.restart == restart::permanent ||
                          (of.spec.restart == restart::transient && kind == exit_kind::abnormal);
  if (comes_back && of.spec.backoff)
    restart_later(which, of.row.on_ended(*of.spec.backoff, now), made);
  else if (comes_back)
    restart_child(which, now, made);
  else
    forget(which);
  return made;
}

dynamic_core::orders dynamic_core::on_retry(dynamic_child which, time_point now) {
  orders made;
  const child* of = find(which);
  if (of != nullptr && of->status == child_status::restarting && phase_ == phase::running)
    restart_child(which, now, made);
  return made;
}

void dynamic_core::restart_later(dynamic_child which, std::uint32_t nth, orders& into) {
  child& of = children_.at(which);
  of.status = child_status::restarting;
  std::uniform_real_distribution<double> some{0, 1};
  const auto& backoff = of.spec.backoff;
  into.emplace_back(
    retry{which, backoff ? delay_of(*backoff, nth, some(random_)) : std::chrono::milliseconds{}});
}

void dynamic_core::restart_child(dynamic_child which, time_point now, orders& into) {
  child& of = children_.at(which);
  of.status = child_status::restarting;
  if (!window_.allow(now)) {
    into.emplace_back(report_of(child_change::gave_up, of, "more restarts than the limit allows"));
    return begin_end({"reached the maximum restart intensity", end_order::cause::gave_up}, into);
  }
  ++of.restarts;
  of.row.on_restart(now);
  into.emplace_back(report_of(child_change::restarting, of));
  into.emplace_back(start{which});
}

std::optional<dynamic_core::orders> dynamic_core::terminate(child_key key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end())
    return std::nullopt;
  child& of = children_.at(found->second);
  if (of.status == child_status::restarting)
    forget(found->second);
  else if (of.stopping == child::stage::none)
    return stop_one(of);
  return orders{};
}

dynamic_core::orders dynamic_core::stop_one(child& of) {
  const shutdown how = of.spec.stop_by();
  if (how.kills())
    return kill(of);
  of.stopping = child::stage::told;
  if (how.waits_forever())
    return {stop{of.key, false}};
  return {stop{of.key, false, how.time()}};
}

dynamic_core::orders dynamic_core::on_stop_timeout(child_key key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end() || phase_ != phase::running)
    return {};
  child& of = children_.at(found->second);
  if (of.stopping == child::stage::told) {
    orders made{report_of(child_change::killed, of, "it did not shut down in time")};
    for (order& each : kill(of))
      made.push_back(std::move(each));
    return made;
  }
  orders made{report_of(child_change::abandoned, of, std::string{reason_of_abandoned})};
  forget(found->second);
  return made;
}

dynamic_core::orders dynamic_core::kill(child& of) {
  of.stopping = child::stage::killed;
  return {stop{of.key, true, kill_patience}};
}

// -- the end of all ------------------------------------------------------------------------------

dynamic_core::orders dynamic_core::on_shutdown(std::string reason) {
  orders made;
  if (phase_ == phase::running)
    begin_end({std::move(reason), end_order::cause::told}, made);
  return made;
}

void dynamic_core::begin_end(end why, orders& into) {
  phase_ = phase::stopping;
  end_ = std::move(why);
  std::erase_if(children_, [this](const auto& each) {
    const bool runs = each.second.status == child_status::running;
    if (!runs)
      by_key_.erase(each.second.key);
    return !runs;
  });
  std::optional<std::chrono::milliseconds> longest; // of those that are not waited for forever
  bool kills_any = false;
  for (auto& [which, of] : children_) {
    const shutdown how = of.spec.stop_by();
    const bool is_killed = how.kills() || of.stopping == child::stage::killed;
    of.stopping = is_killed ? child::stage::killed : child::stage::told;
    into.emplace_back(stop{of.key, is_killed});
    kills_any = kills_any || is_killed;
    if (!is_killed && !how.waits_forever())
      longest = std::max(longest.value_or(how.time()), how.time());
  }
  if (longest || kills_any)
    into.emplace_back(wait{longest.value_or(kill_patience)});
  end_if_empty(into);
}

dynamic_core::orders dynamic_core::on_all_timeout() {
  orders made;
  if (phase_ != phase::stopping)
    return made;
  for (auto& [which, of] : children_) {
    if (of.stopping == child::stage::killed || of.spec.stop_by().waits_forever())
      continue;
    of.stopping = child::stage::killed;
    made.emplace_back(report_of(child_change::killed, of, "it did not shut down in time"));
    made.emplace_back(stop{of.key, true});
  }
  if (!made.empty()) {
    made.emplace_back(wait{kill_patience});
    return made;
  }
  std::erase_if(children_, [&](const auto& each) {
    const child& of = each.second;
    if (of.stopping != child::stage::killed)
      return false;
    made.emplace_back(report_of(child_change::abandoned, of, std::string{reason_of_abandoned}));
    by_key_.erase(of.key);
    return true;
  });
  end_if_empty(made);
  return made;
}

void dynamic_core::end_if_empty(orders& into) {
  if (phase_ == phase::running || phase_ == phase::ended || !children_.empty())
    return;
  phase_ = phase::ended;
  into.emplace_back(end_);
}

// -- small things --------------------------------------------------------------------------------

const dynamic_core::child* dynamic_core::find(dynamic_child which) const {
  const auto found = children_.find(which);
  return found == children_.end() ? nullptr : &found->second;
}

const dynamic_core::child* dynamic_core::find_by_key(child_key key) const {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : find(found->second);
}

bool dynamic_core::is_running(child_key key) const {
  const child* known = find_by_key(key);
  return known != nullptr && known->status == child_status::running;
}

void dynamic_core::forget(dynamic_child which) {
  const auto found = children_.find(which);
  by_key_.erase(found->second.key);
  children_.erase(found);
}

dynamic_core::report dynamic_core::report_of(
  child_change what, const child& of, std::string reason) {
  return {.what = what,
    .id = of.spec.id,
    .reason = std::move(reason),
    .restarts = of.restarts,
    .key = of.key};
}

} // namespace aiex
