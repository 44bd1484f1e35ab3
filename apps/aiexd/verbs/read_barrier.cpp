#include "aiexd/verbs/read_barrier.hpp"

#include "aiex/actors/flow/member_messages.hpp"
#include "aiex/actors/runtime/read_verbs.hpp"

#include "aiexd/verbs/ask.hpp"

#include <algorithm>
#include <string>

namespace aiex {

namespace {

void run_stale(verb_call call, void (*run)(verb_call)) {
  const auto head = call.services().events.events().head();
  call.stale_at = head ? head->position : position{};
  run(std::move(call));
}

} // namespace

void verb_call::answer(gateway_reply reply) {
  if (stale_at)
    reply = as_stale(std::move(reply), *stale_at);
  promise.deliver(within_limits(std::move(reply)));
}

void run_fresh(verb_call call, void (*run)(verb_call)) {
  const auto how = call.given.text(read_key);
  if (!how)
    return call.refuse(how.error());
  if (*how && **how != read_local && **how != read_linearizable)
    return call.refuse({errc::invalid_argument,
      "\"read\" is \"local\" or \"linearizable\", not \"" + (*how)->substr(0, 32) + "\""});
  const bool is_local = *how && **how == read_local;
  if (call.services().cluster->is_alone())
    return run(std::move(call));
  if (is_local) {
    const bool is_stale = !call.services().cluster->view().sees_majority;
    return is_stale ? run_stale(std::move(call), run) : run(std::move(call));
  }
  const caf::actor writer = call.services().events.writer();
  ask<read_confirmed>(std::move(call), writer, confirm_read{}, "the store's writer",
    [run](verb_call& asked, const read_confirmed& confirmed) {
      if (confirmed.outcome)
        return run(asked);
      if (confirmed.outcome.error().code == errc::no_quorum)
        return run_stale(asked, run);
      asked.refuse(confirmed.outcome.error());
    });
}

gateway_reply as_stale(gateway_reply reply, position at) {
  if (reply.code != 0)
    return reply;
  reply.is_stale = true;
  if (reply.format == reply_format::json) {
    if (reply.body.ends_with('}'))
      reply.body.replace(reply.body.size() - 1, 1,
        std::string{reply.body.size() > 2 ? "," : ""} + R"("stale":true,"stale_at":)" +
          std::to_string(at.value) + "}");
    return reply;
  }
  std::string lines;
  for (std::string_view left = reply.body; !left.empty();) {
    const std::size_t end = std::min(left.find('\n'), left.size());
    const std::string_view line = left.substr(0, end);
    if (line.ends_with('}'))
      (lines += line.substr(0, line.size() - 1)) += R"(,"stale":true})";
    else
      lines += line;
    lines += '\n';
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  reply.body = std::move(lines);
  return reply;
}

} // namespace aiex
