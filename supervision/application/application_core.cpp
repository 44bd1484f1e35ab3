#include "aiex/supervision/application/application_core.hpp"

#include <algorithm>
#include <utility>

namespace aiex {

namespace {

std::string text_of(application_type type) {
  return std::string{name(type)};
}

constexpr const char* why_stopping =
  "all applications are being stopped: ask again when they have been started again";

/// Whether the node ends with it.
bool takes_node_with_it(application_type type, exit_kind kind) {
  return type == application_type::permanent ||
         (type == application_type::transient && kind != exit_kind::normal);
}

template <class Applications>
auto find_in(Applications& all, std::string_view name) {
  const auto found =
    std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.plan.name == name; });
  return found == all.end() ? nullptr : &*found;
}

} // namespace

std::string_view name(application_type type) noexcept {
  switch (type) {
  case application_type::permanent: return "permanent";
  case application_type::transient: return "transient";
  case application_type::temporary: return "temporary";
  }
  return "unknown";
}

std::string_view name(application_status status) noexcept {
  switch (status) {
  case application_status::stopped: return "stopped";
  case application_status::starting: return "starting";
  case application_status::running: return "running";
  case application_status::stopping: return "stopping";
  case application_status::ended: return "ended";
  }
  return "unknown";
}

application_core::application_core(std::vector<application_plan> plans) {
  const auto order = start_order_of(plans);
  if (!order)
    return;
  for (const std::string& name : *order) {
    const auto planned = std::find_if(
      plans.begin(), plans.end(), [&](const application_plan& each) { return each.name == name; });
    applications_.push_back({std::move(*planned)});
  }
}

application_orders application_core::begin() {
  for (const application& each : applications_)
    work_.push_back({act::start, each.plan.name});
  advance();
  return take();
}

application_orders application_core::on_started() {
  const step done = *std::exchange(current_, std::nullopt);
  application& one = *find(done.name);
  one.status = application_status::running;
  one.started = ++last_start_;
  orders_.push_back(report_application{child_change::started, one.plan.name});
  if (done.token != 0)
    together_.push_back(one.plan.name);
  if (done.is_last)
    answer(done.token, std::exchange(together_, {}));
  if (is_ending())
    work_.push_front({act::stop, one.plan.name});
  advance();
  return take();
}

application_orders application_core::on_start_failed(exit_kind kind, const std::string& reason) {
  const step failed = *std::exchange(current_, std::nullopt);
  find(failed.name)->status = application_status::stopped;
  start_failed(failed, kind, reason);
  advance();
  return take();
}

application_orders application_core::on_ended(
  const std::string& name, exit_kind kind, const std::string& reason) {
  application* one = find(name);
  if (one == nullptr || one->started == 0)
    return {};
  if (one->status == application_status::stopping) {
    const bool was_late = is_killed_ && !one->plan.shutdown.kills();
    has_stopped(*one, was_late ? child_change::killed : child_change::stopped, reason);
    return take();
  }
  one->started = 0;
  one->status = application_status::ended;
  orders_.push_back(call_back{name, application_callback::prep_stop});
  orders_.push_back(call_back{name, application_callback::stop});
  orders_.push_back(report_application{child_change::exited, name, reason});
  if (!is_ending() && takes_node_with_it(one->plan.type, kind))
    end("the " + text_of(one->plan.type) + " application '" + name + "' has ended (" + reason +
        "), and the node ends with it; aiex why tells what of it could still be written down");
  advance();
  return take();
}

application_orders application_core::on_stop_timeout(const std::string& name) {
  application* one = find(name);
  if (one == nullptr || one->status != application_status::stopping)
    return {};
  if (is_killed_) {
    has_stopped(*one, child_change::abandoned, "it did not even end when it was killed");
    return take();
  }
  is_killed_ = true;
  return {kill_application{name}};
}

application_orders application_core::start(
  request_token token, const std::string& name, bool together) {
  ask({act::start, name, token, true, together});
  advance();
  return take();
}

application_orders application_core::stop(request_token token, const std::string& name) {
  ask({act::stop, name, token});
  advance();
  return take();
}

application_orders application_core::on_shutdown() {
  if (!is_ending())
    end({});
  advance();
  return take();
}

std::string application_core::failure_of_start(
  const std::string& name, exit_kind kind, const std::string& reason) const {
  const application_type type = find_in(applications_, name)->plan.type;
  return takes_node_with_it(type, kind)
           ? "the " + text_of(type) + " application '" + name + "' could not be started (" +
               reason + "), and the node ends with it"
           : std::string{};
}

application_core::application* application_core::find(std::string_view name) {
  return find_in(applications_, name);
}

bool application_core::is_stopping(std::string_view name) const {
  const application* one = find_in(applications_, name);
  return one != nullptr && one->status == application_status::stopping;
}

bool application_core::runs(std::string_view name) {
  const application* one = find(name);
  return one != nullptr && one->status == application_status::running;
}

const std::string* application_core::missing_for(const application& one) {
  const auto& needed = one.plan.dependencies;
  const auto missing =
    std::find_if(needed.begin(), needed.end(), [this](const auto& each) { return !runs(each); });
  return missing == needed.end() ? nullptr : &*missing;
}

std::vector<std::string> application_core::needed_for(const application& one) const {
  std::vector<std::string> found{one.plan.name};
  if (one.status == application_status::running)
    return found;
  // What one needs stands before it, so from the last to the first.
  std::vector<std::string> wanted = one.plan.dependencies;
  for (auto each = applications_.rbegin(); each != applications_.rend(); ++each) {
    if (std::find(wanted.begin(), wanted.end(), each->plan.name) == wanted.end())
      continue;
    found.push_back(each->plan.name);
    wanted.insert(wanted.end(), each->plan.dependencies.begin(), each->plan.dependencies.end());
  }
  return {found.rbegin(), found.rend()};
}

std::vector<std::string> application_core::dependents_of(std::string_view name) const {
  std::vector<std::string> found;
  for (const application& each : applications_)
    if (each.status == application_status::running &&
        std::find(each.plan.dependencies.begin(), each.plan.dependencies.end(), name) !=
          each.plan.dependencies.end())
      found.push_back(each.plan.name);
  return found;
}

void application_core::ask(step wanted) {
  const auto waiting = static_cast<std::size_t>(std::count_if(
    work_.begin(), work_.end(), [](const step& each) { return each.token != 0 && each.is_last; }));
  if (find(wanted.name) == nullptr)
    refuse(wanted.token, application_errc::unknown,
      "this program has no application '" + wanted.name +
        "': which_applications_call tells those it has");
  else if (is_ending())
    refuse(wanted.token, application_errc::stopping, why_stopping);
  else if (waiting >= application_requests_max)
    refuse(wanted.token, application_errc::too_many_requests,
      std::to_string(waiting) + " requests wait already for one application to be started or "
                                "stopped, and no more can: ask again when that is done");
  else
    work_.push_back(std::move(wanted));
}

void application_core::answer(request_token token, std::vector<std::string> names) {
  if (token != 0)
    orders_.push_back(answer_application{token, std::move(names)});
}

void application_core::refuse(request_token token, application_errc code, std::string message) {
  if (token != 0)
    orders_.push_back(
      answer_application{token, tl::unexpected(application_error{code, std::move(message)})});
}

void application_core::forget(request_token token) {
  if (token != 0)
    std::erase_if(work_, [token](const step& each) { return each.token == token; });
}

void application_core::advance() {
  while (!current_ && !work_.empty()) {
    const step next = std::move(work_.front());
    work_.pop_front();
    next.what == act::start ? begin_start(next) : begin_stop(next);
  }
  if (!current_ && is_ending() && !std::exchange(has_ended_, true))
    orders_.push_back(end_applications{*ending_});
}

void application_core::begin_start(const step& next) {
  application& one = *find(next.name);
  if (next.is_together && !next.is_expanded)
    return expand(next);
  if (one.status == application_status::running) {
    if (!next.is_together)
      return refuse(next.token, application_errc::already_started,
        "application '" + next.name + "' runs already: stop it first, to start it anew");
    if (next.is_last)
      answer(next.token, std::exchange(together_, {}));
    return;
  }
  if (const std::string* missing = missing_for(one)) {
    const std::string why =
      "'" + *missing + "', which application '" + next.name + "' depends on, does not run";
    if (next.token == 0)
      return start_failed(next, exit_kind::abnormal, why);
    application_error refused{
      application_errc::not_started, why + ": start it first, or both together"};
    return next.is_together ? undo(next, std::move(refused))
                            : refuse(next.token, refused.code, refused.message);
  }
  one.status = application_status::starting;
  current_ = next;
  orders_.push_back(start_application{next.name});
}

void application_core::expand(const step& whole) {
  const std::vector<std::string> needed = needed_for(*find(whole.name));
  std::vector<step> steps;
  steps.reserve(needed.size());
  for (const std::string& each : needed)
    steps.push_back({act::start, each, whole.token, each == whole.name, true, true});
  work_.insert(work_.begin(), steps.begin(), steps.end());
}

void application_core::begin_stop(const step& next) {
  application& one = *find(next.name);
  if (one.status == application_status::running) {
    one.status = application_status::stopping;
    current_ = next;
    is_killed_ = one.plan.shutdown.kills();
    orders_.push_back(call_back{next.name, application_callback::prep_stop});
    orders_.push_back(stop_application{next.name, one.plan.shutdown});
    return;
  }
  const bool had_ended =
    std::exchange(one.status, application_status::stopped) == application_status::ended;
  if (next.is_undoing)
    return has_undone(next);
  if (had_ended)
    answer(next.token, {}); // it had been started, and that is over now
  else
    refuse(next.token, application_errc::not_started,
      "application '" + next.name + "' does not run: there is nothing to stop");
}

void application_core::start_failed(const step& failed, exit_kind kind, const std::string& reason) {
  orders_.push_back(report_application{child_change::failed_to_start, failed.name, reason});
  const std::string failure = is_ending() ? "" : failure_of_start(failed.name, kind, reason);
  application_error why{application_errc::start_failed,
    "application '" + failed.name + "' could not be started: " + reason};
  // Without a token all are being stopped, and those started for it have their turn among them.
  if (failed.is_together && failure.empty() && failed.token != 0)
    return undo(failed, std::move(why));
  forget(failed.token); // it has but one answer
  refuse(failed.token, why.code, why.message);
  if (!failure.empty())
    end(failure);
}

void application_core::undo(const step& failed, application_error why) {
  forget(failed.token);
  if (together_.empty())
    return refuse(failed.token, why.code, why.message);
  undone_ = std::move(why);
  // Each becomes the first in its turn: the one started last is stopped first.
  bool is_last = true;
  std::vector<step> steps;
  for (const std::string& name : std::exchange(together_, {})) {
    steps.push_back({act::stop, name, failed.token, is_last, true, true, true});
    is_last = false;
  }
  work_.insert(work_.begin(), steps.rbegin(), steps.rend());
}

void application_core::has_stopped(application& one, child_change how, const std::string& reason) {
  const step done = *std::exchange(current_, std::nullopt);
  one.started = 0;
  one.status = application_status::stopped;
  orders_.push_back(call_back{one.plan.name, application_callback::stop});
  orders_.push_back(report_application{how, one.plan.name, reason});
  if (done.is_undoing)
    has_undone(done);
  else
    answer(done.token, dependents_of(one.plan.name));
  advance();
}

void application_core::has_undone(const step& done) {
  if (!done.is_last || !undone_)
    return;
  const application_error why = *std::exchange(undone_, std::nullopt);
  refuse(done.token, why.code, why.message);
}

void application_core::end(std::string failure) {
  ending_ = std::move(failure);
  std::vector<request_token> told;
  for (const step& each : std::exchange(work_, {}))
    if (std::find(told.begin(), told.end(), each.token) == told.end()) {
      told.push_back(each.token);
      refuse(each.token, application_errc::stopping, why_stopping);
    }
  if (current_ && std::find(told.begin(), told.end(), current_->token) != told.end())
    current_->token = 0; // it has its answer
  std::vector<const application*> running;
  for (const application& each : applications_)
    if (each.status == application_status::running)
      running.push_back(&each);
  std::sort(running.begin(), running.end(),
    [](const application* one, const application* other) { return one->started > other->started; });
  for (const application* each : running)
    work_.push_back({act::stop, each->plan.name});
}

application_orders application_core::take() {
  return std::exchange(orders_, {});
}

} // namespace aiex
