#include "aiexd/verbs/job_table.hpp"

#include <fmt/format.h>

namespace aiex {

namespace {

error unknown_job() {
  return {errc::invalid_history,
    "\"cursor\" names no work that this verb has begun and whose outcome is still kept; begin "
    "again without it"};
}

} // namespace

void begin_job(verb_call& call, job_work work, std::string unit) {
  gateway_actor* self = call.self;
  auto& jobs = self->state.jobs;
  if (jobs.size() >= jobs_max)
    return call.refuse({errc::overloaded,
      fmt::format("{} verifications, backups and replays are under way already; wait for one, or "
                  "until one that was given up has stopped",
        jobs_max)});
  std::string cursor = to_string(call.services().make_id());
  jobs.emplace(
    cursor, begun_job{call.name, std::make_unique<long_job>(std::move(work), std::move(unit)),
              self->clock().now()});
  self->delayed_send(self, job_unasked_max, job_watch{cursor});
  look_at_job(self, {std::move(cursor), call.promise});
}

bool goes_on(verb_call& call) {
  auto cursor = call.given.text("cursor");
  if (!cursor) {
    call.refuse(cursor.error());
    return true;
  }
  if (!*cursor)
    return false;
  const auto job = call.self->state.jobs.find(**cursor);
  if (job == call.self->state.jobs.end() || job->second.verb != call.name)
    call.refuse(unknown_job());
  else
    call.self->delayed_send(call.self, job_look_wait, job_look{**cursor, call.promise});
  return true;
}

void look_at_job(gateway_actor* self, job_look look) {
  auto& jobs = self->state.jobs;
  const auto job = jobs.find(look.cursor);
  if (job == jobs.end()) {
    look.promise.deliver(reply_with(unknown_job()));
    return;
  }
  job->second.asked_at = self->clock().now();
  gateway_reply reply = job->second.work->reply(look.cursor);
  if (reply.next.empty())
    jobs.erase(job);
  look.promise.deliver(within_limits(std::move(reply)));
}

void watch_job(gateway_actor* self, const job_watch& watch) {
  auto& jobs = self->state.jobs;
  const auto job = jobs.find(watch.cursor);
  if (job == jobs.end())
    return;
  const bool is_unasked = self->clock().now() - job->second.asked_at >= job_unasked_max;
  if (is_unasked && job->second.work->is_done()) {
    jobs.erase(job);
    return;
  }
  if (is_unasked)
    job->second.work->stop(); // its end is not waited for: the gateway serves others
  self->delayed_send(self, job_unasked_max, watch);
}

} // namespace aiex
