// What a supervisor is asked at run time: start_child, terminate_child, restart_child and
// delete_child, with OTP's answers.
#include "aiex/supervision/tree/supervisor_core.hpp"

namespace aiex {

namespace {

std::string no_child(const std::string& id) {
  return "there is no child '" + id + "': which_children_call tells those there are";
}

/// Who is to be started again or deleted must have been stopped. Nothing if it was.
std::optional<supervision_error> why_not_stopped(const supervisor_core::child& known) {
  if (known.status == child_status::running)
    return supervision_error{
      supervision_errc::running, "the child '" + known.spec.id + "' runs: terminate it first"};
  if (known.status == child_status::restarting)
    return supervision_error{supervision_errc::restarting,
      "the child '" + known.spec.id + "' is being restarted already: terminate it first"};
  return std::nullopt;
}

} // namespace

void supervisor_core::handle(asked& what) {
  if (has_ended_)
    return refuse(what.token, supervision_errc::stopping,
      "the supervisor has ended: ask again when it has been started again");
  std::visit([&](auto& request) { this->ask(what.token, request); }, what.request);
}

void supervisor_core::ask(request_token token, start_request& request) {
  if (auto sound = check(request.child, spec_.ends, spec_.how); !sound)
    return answer(token, tl::unexpected(std::move(sound.error())));
  if (const child* known = find(request.child.id)) {
    const bool runs = known->status == child_status::running;
    return refuse(token,
      runs ? supervision_errc::already_started : supervision_errc::already_present,
      "the child '" + request.child.id +
        (runs ? "' runs already: terminate it first, or take the one that runs"
              : "' is known already: restart it, or delete it first"),
      runs ? known->key : 0);
  }
  const place it = append(std::move(request.child));
  plan start{purpose::starting};
  start.token = token;
  start.is_new = true;
  start.steps.push_back({step::what::start, it->spec.id});
  plan_ = std::move(start);
}

void supervisor_core::ask(request_token token, terminate_request& request) {
  if (find(request.id) == nullptr)
    return refuse(token, supervision_errc::not_found, no_child(request.id));
  plan stop{purpose::stopping};
  stop.token = token;
  stop.steps.push_back({step::what::stop, request.id});
  plan_ = std::move(stop);
}

void supervisor_core::ask(request_token token, restart_request& request) {
  const child* known = find(request.id);
  if (known == nullptr)
    return refuse(token, supervision_errc::not_found, no_child(request.id));
  if (auto busy = why_not_stopped(*known))
    return answer(token, tl::unexpected(std::move(*busy)));
  plan start{purpose::starting};
  start.token = token;
  start.steps.push_back({step::what::start, request.id});
  plan_ = std::move(start);
}

void supervisor_core::ask(request_token token, delete_request& request) {
  const auto known = by_id_.find(request.id);
  if (known == by_id_.end())
    return refuse(token, supervision_errc::not_found, no_child(request.id));
  if (auto busy = why_not_stopped(*known->second))
    return answer(token, tl::unexpected(std::move(*busy)));
  forget(known->second);
  answer(token, std::nullopt);
}

} // namespace aiex
