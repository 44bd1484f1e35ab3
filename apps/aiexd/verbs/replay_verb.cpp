#include "aiexd/verbs/replay_verb.hpp"

#include "aiex/actors/flow/projection_replay.hpp"

#include "aiexd/verbs/event_query.hpp"
#include "aiexd/verbs/job_table.hpp"
#include "aiexd/verbs/projection_call.hpp"

#include <fmt/format.h>

namespace aiex {

const std::vector<std::string_view> replay_keys{"stream", "types", "tags", "category", "since",
  "until", "correlation_id", "from", "all", "history", "up_to", "to", "cursor"};

namespace {

gateway_reply replay_work(
  const store& events, const projection_type& type, const query& asked, job_progress progress) {
  const auto done = replay_projection(type, events.events(), asked,
    [&](position at, position head) { return progress(at.value, head.value); });
  if (!done)
    return reply_with(done.error());
  std::string skipped;
  if (done->skipped > 0)
    skipped = fmt::format(R"(,"skipped":{})", done->skipped);
  return reply_with(fmt::format(R"({{"count":{},"projection":{},"state":{}{}}})", done->count,
    to_text(json_value(type.name)), done->state_json, skipped));
}

} // namespace

void run_replay(verb_call call) {
  if (goes_on(call))
    return;
  auto asked =
    tail_query_of(call.given, call.services().clock(), call.services().history, position{});
  if (!asked)
    return call.refuse(asked.error());
  const auto up_to = call.given.number("up_to");
  if (!up_to)
    return call.refuse(up_to.error());
  if (*up_to)
    asked->up_to = {**up_to};
  auto name = call.given.required_text("to");
  if (!name)
    return call.refuse(name.error());
  const auto projection = projection_named(call.services().names, *name);
  if (!projection)
    return call.refuse(projection.error());
  ask<projection_type_answer>(std::move(call), *projection, projection_type_call{},
    "projection " + *name,
    [asked = std::move(*asked)](verb_call& begun, const projection_type_answer& answer) {
      begin_job(
        begun,
        [events = begun.services().events, type = answer.type, asked](
          job_progress progress) { return replay_work(events, type, asked, progress); },
        "events");
    });
}

} // namespace aiex
