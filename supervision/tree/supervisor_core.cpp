#include "aiex/supervision/tree/supervisor_core.hpp"

#include "aiex/supervision/tree/stop_verdict.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace aiex {

std::string_view text_of(child_status status) noexcept {
  switch (status) {
  case child_status::stopped: return "stopped";
  case child_status::running: return "running";
  case child_status::restarting: return "restarting";
  }
  return "unknown";
}

supervisor_core::supervisor_core(supervisor_spec spec, std::uint32_t seed)
    : spec_(std::move(spec)), window_(spec_.limit), random_(seed) {
  for (child_spec& each : spec_.children)
    append(std::move(each));
  spec_.children.clear();
}

// -- what happens ---------------------------------------------------------------------------------

supervisor_orders supervisor_core::begin() {
  plan starting{purpose::beginning};
  for (const child& each : children_)
    starting.steps.push_back({step::what::start, each.spec.id});
  plan_ = std::move(starting);
  return run();
}

supervisor_orders supervisor_core::on_started(child_key key) {
  const place it = place_of(plan_->steps.front().id);
  it->status = child_status::running;
  it->key = key;
  it->has_ended = false;
  if (it->spec.restart == restart::temporary)
    it->spec.start = nullptr; // with its arguments: it is never started again
  by_key_.emplace(key, it);
  report(child_change::started, *it);
  waits_for_ = waiting::nothing;
  plan_->steps.pop_front();
  if (plan_->steps.empty() && plan_->why == purpose::starting)
    answer(plan_->token, key);
  return run();
}

supervisor_orders supervisor_core::on_ignored() {
  const place it = place_of(plan_->steps.front().id);
  it->status = child_status::stopped;
  if (it->spec.restart == restart::temporary && (plan_->is_new || !has_begun_))
    forget(it); // one that was known before stays so, as in OTP
  waits_for_ = waiting::nothing;
  plan_->steps.pop_front();
  if (plan_->steps.empty() && plan_->why == purpose::starting)
    answer(plan_->token, std::nullopt);
  return run();
}

supervisor_orders supervisor_core::on_start_failed(std::string reason, time_point now) {
  now_ = std::max(now_, now);
  waits_for_ = waiting::nothing;
  start_failed(place_of(plan_->steps.front().id), std::move(reason));
  return run();
}

supervisor_orders supervisor_core::on_name_taken(child_key by, std::string reason) {
  waits_for_ = waiting::nothing;
  start_failed(place_of(plan_->steps.front().id), std::move(reason), by);
  return run();
}

supervisor_orders supervisor_core::on_ended(
  child_key key, exit_kind kind, std::string reason, time_point now) {
  now_ = std::max(now_, now);
  const auto found = by_key_.find(key);
  if (found == by_key_.end())
    return {};
  const bool is_stopped = waits_for_ != waiting::nothing && waits_for_ != waiting::start &&
                          plan_->steps.front().id == found->second->spec.id;
  child& one = *found->second;
  one.has_ended = true;
  one.end_kind = kind;
  one.end_reason = std::move(reason);
  if (is_stopped)
    end_stop(found->second);
  else
    inbox_.emplace_back(ended{key});
  return run();
}

supervisor_orders supervisor_core::on_stop_timeout(child_key key, time_point now) {
  now_ = std::max(now_, now);
  const auto found = by_key_.find(key);
  const bool is_waiting = waits_for_ == waiting::stop || waits_for_ == waiting::kill;
  if (!is_waiting || found == by_key_.end() || plan_->steps.front().id != found->second->spec.id)
    return {};
  if (waits_for_ == waiting::stop) {
    report(child_change::killed, *found->second, "it did not shut down in time");
    orders_.emplace_back(kill_order{key});
    waits_for_ = waiting::kill;
    return std::exchange(orders_, {});
  }
  report(child_change::abandoned, *found->second, std::string{reason_of_abandoned});
  end_stop(found->second);
  return run();
}

supervisor_orders supervisor_core::on_retry(
  const std::string& id, std::uint64_t number, time_point now) {
  now_ = std::max(now_, now);
  inbox_.emplace_back(retry{id, number});
  return run();
}

supervisor_orders supervisor_core::on_request(request_token token, supervisor_request request) {
  inbox_.emplace_back(asked{token, std::move(request)});
  return run();
}

supervisor_orders supervisor_core::on_shutdown(std::string reason, exit_kind kind) {
  inbox_.emplace_front(told_to_end{std::move(reason), kind});
  return run();
}

// -- one step after the other ---------------------------------------------------------------------

supervisor_orders supervisor_core::run() {
  while (waits_for_ == waiting::nothing) {
    if (plan_) {
      if (!take_step())
        complete();
      continue;
    }
    if (inbox_.empty())
      break;
    happening next = std::move(inbox_.front());
    inbox_.pop_front();
    std::visit([this](auto& what) { this->handle(what); }, next);
  }
  return std::exchange(orders_, {});
}

/// Takes the plan's next step; false if there is none.
bool supervisor_core::take_step() {
  if (plan_->steps.empty())
    return false;
  const step& next = plan_->steps.front();
  if (next.act == step::what::start) {
    orders_.emplace_back(start_order{next.id});
    waits_for_ = waiting::start;
    return true;
  }
  const place it = place_of(next.id);
  if (it->status == child_status::running && !it->has_ended)
    begin_stop(it);
  else
    end_stop(it);
  return true;
}

void supervisor_core::begin_stop(place of) {
  const shutdown how = of->spec.stop_by();
  orders_.emplace_back(stop_order{of->key, how});
  waits_for_ = how.kills() ? waiting::kill : waiting::stop;
}

/// It does not run any more, or never did.
void supervisor_core::end_stop(place of) {
  if (of->status == child_status::running) {
    by_key_.erase(of->key);
    const bool was_killed = of->spec.stop_by().kills() || waits_for_ == waiting::kill;
    if (of->has_ended && !has_ended_as_told(of->spec, was_killed, of->end_kind, of->end_reason))
      report(child_change::shutdown_error, *of, std::move(of->end_reason));
    report(child_change::stopped, *of);
  }
  of->status = child_status::stopped;
  of->has_ended = false;
  waits_for_ = waiting::nothing;
  plan_->steps.pop_front();
  if (of->spec.restart == restart::temporary)
    forget(of);
}

/// All steps of the plan were taken.
void supervisor_core::complete() {
  const plan done = std::move(*plan_);
  plan_.reset();
  switch (done.why) {
  case purpose::beginning: has_begun_ = true; break;
  case purpose::stopping: answer(done.token, std::nullopt); break;
  case purpose::ending: {
    has_ended_ = true;
    orders_.emplace_back(done.end);
    for (const happening& each : std::exchange(inbox_, {}))
      if (const asked* request = std::get_if<asked>(&each))
        refuse(request->token, supervision_errc::stopping,
          "the supervisor has ended: ask again when it has been started again");
    break;
  }
  case purpose::restarting:
  case purpose::starting: break;
  }
}

void supervisor_core::start_failed(place of, std::string reason, child_key taken_by) {
  report(child_change::failed_to_start, *of, reason);
  of->status = child_status::stopped;
  const plan failed = std::move(*plan_);
  plan_.reset();
  const std::string id = of->spec.id;
  switch (failed.why) {
  case purpose::beginning:
    end_with({exit_kind::shutdown, "failed to start child '" + id + "': " + reason,
      end_order::cause::failed_to_begin});
    break;
  case purpose::starting:
    refuse(failed.token,
      taken_by == 0 ? supervision_errc::start_failed : supervision_errc::already_started,
      std::move(reason), taken_by);
    if (failed.is_new)
      forget(of);
    break;
  default: // a restart: what runs stays so until it is tried again
    restart_later(of, of->row.on_failed());
  }
}

// -- what waited its turn ------------------------------------------------------------------------

void supervisor_core::handle(ended& what) {
  const auto found = by_key_.find(what.key);
  if (found == by_key_.end())
    return; // it was stopped meanwhile
  const place it = found->second;
  by_key_.erase(found);
  it->status = child_status::stopped;
  it->has_ended = false;
  const exit_kind kind = it->end_kind;
  report(child_change::exited, *it, std::move(it->end_reason));
  const bool comes_back = it->spec.restart == restart::permanent ||
                          (it->spec.restart == restart::transient && kind == exit_kind::abnormal);
  if (comes_back && it->spec.backoff)
    return restart_later(it, it->row.on_ended(*it->spec.backoff, now_));
  if (comes_back)
    return restart_from(it);
  const bool ends = ends_because_of(*it, kind);
  if (it->spec.restart == restart::temporary)
    forget(it);
  if (ends)
    end_with({exit_kind::shutdown, "a significant child has ended", end_order::cause::significant});
}

void supervisor_core::handle(retry& what) {
  const child* known = find(what.id);
  if (known == nullptr || known->status != child_status::restarting)
    return;
  const bool is_stale = known->spec.backoff && known->retry_number != what.number;
  if (!is_stale)
    restart_from(place_of(what.id));
}

void supervisor_core::handle(told_to_end& what) {
  if (!has_ended_)
    end_with({what.kind, std::move(what.reason), end_order::cause::told});
}

void supervisor_core::restart_later(place culprit, std::uint32_t nth) {
  const auto& backoff = culprit->spec.backoff;
  culprit->status = child_status::restarting;
  culprit->retry_number = ++last_retry_;
  std::uniform_real_distribution<double> some{0, 1};
  orders_.emplace_back(retry_order{culprit->spec.id, last_retry_,
    backoff ? delay_of(*backoff, nth, some(random_)) : std::chrono::milliseconds{}});
}

void supervisor_core::restart_from(place culprit) {
  culprit->status = child_status::stopped; // another may be the one that is tried again now
  if (!window_.allow(now_)) {
    report(child_change::gave_up, *culprit, "more restarts than the limit allows");
    return end_with(
      {exit_kind::shutdown, "reached the maximum restart intensity", end_order::cause::gave_up});
  }
  ++culprit->restarts;
  culprit->row.on_restart(now_);
  report(child_change::restarting, *culprit);
  plan again{purpose::restarting};
  // Also the culprit may be temporary, if its spec was changed while it was tried again.
  const auto is_temporary = [](const child& each) {
    return each.spec.restart == restart::temporary;
  };
  if (spec_.how == strategy::one_for_one) {
    again.steps.push_back({step::what::start, culprit->spec.id});
  } else {
    const place first = spec_.how == strategy::one_for_all ? children_.begin() : culprit;
    for (auto each = children_.rbegin(); each.base() != first; ++each)
      if (&*each != &*culprit || is_temporary(*each))
        again.steps.push_back({step::what::stop, each->spec.id});
    for (auto each = first; each != children_.end(); ++each)
      if (!is_temporary(*each))
        again.steps.push_back({step::what::start, each->spec.id});
  }
  plan_ = std::move(again);
}

void supervisor_core::end_with(end_order end) {
  plan ending{purpose::ending};
  ending.end = std::move(end);
  for (auto each = children_.rbegin(); each != children_.rend(); ++each)
    ending.steps.push_back({step::what::stop, each->spec.id});
  plan_ = std::move(ending);
}

bool supervisor_core::ends_because_of(const child& one, exit_kind kind) const {
  const bool by_itself = one.spec.restart == restart::temporary || kind != exit_kind::abnormal;
  if (!one.spec.significant || !by_itself || spec_.ends == auto_shutdown::never)
    return false;
  if (spec_.ends == auto_shutdown::any_significant)
    return true;
  for (const child& other : children_)
    if (&other != &one && other.spec.significant && other.status != child_status::stopped)
      return false;
  return true;
}

// -- small things --------------------------------------------------------------------------------

const supervisor_core::child* supervisor_core::find(std::string_view id) const {
  const auto found = by_id_.find(std::string{id});
  return found == by_id_.end() ? nullptr : &*found->second;
}

supervisor_core::place supervisor_core::place_of(const std::string& id) {
  return by_id_.at(id);
}

void supervisor_core::forget(place of) {
  by_id_.erase(of->spec.id);
  children_.erase(of);
}

supervisor_core::place supervisor_core::append(child_spec spec) {
  std::string id = spec.id;
  children_.push_back(child{std::move(spec)});
  return by_id_.emplace(std::move(id), std::prev(children_.end())).first->second;
}

void supervisor_core::answer(
  request_token token, tl::expected<std::optional<child_key>, supervision_error> with) {
  orders_.emplace_back(answer_order{token, std::move(with)});
}

void supervisor_core::refuse(
  request_token token, supervision_errc code, std::string message, child_key running) {
  orders_.emplace_back(
    answer_order{token, tl::unexpected(supervision_error{code, std::move(message)}), running});
}

void supervisor_core::report(child_change what, const child& of, std::string reason) {
  orders_.emplace_back(
    report_order{what, of.spec.id, std::move(reason), of.restarts, of.end_kind, of.key});
}

} // namespace aiex
