#include "aiexd/verbs/node_verbs.hpp"

#include "aiexd/verbs/append_arguments.hpp"
#include "aiexd/verbs/application_verb.hpp"
#include "aiexd/verbs/ask.hpp"
#include "aiexd/verbs/cluster_changes.hpp"
#include "aiexd/verbs/cluster_verbs.hpp"
#include "aiexd/verbs/crash_test_verb.hpp"
#include "aiexd/verbs/doctor_verb.hpp"
#include "aiexd/verbs/event_query.hpp"
#include "aiexd/verbs/flow_verbs.hpp"
#include "aiexd/verbs/groups_verb.hpp"
#include "aiexd/verbs/names_verb.hpp"
#include "aiexd/verbs/node_look.hpp"
#include "aiexd/verbs/node_metrics.hpp"
#include "aiexd/verbs/projection_rebuild.hpp"
#include "aiexd/verbs/projection_verbs.hpp"
#include "aiexd/verbs/replay_verb.hpp"
#include "aiexd/verbs/restart_verb.hpp"
#include "aiexd/verbs/session_verbs.hpp"
#include "aiexd/verbs/store_jobs.hpp"
#include "aiexd/verbs/sys_verb.hpp"
#include "aiexd/verbs/tail.hpp"
#include "aiexd/verbs/tree_verbs.hpp"
#include "aiexd/verbs/why_verb.hpp"

#include <caf/actor_registry.hpp>
#include <caf/actor_system.hpp>

namespace aiex {

namespace {

using to_json_function = json_value (*)(const append_request&, const append_result&);

void append(verb_call call, result<append_request> request, to_json_function to_json) {
  if (!request)
    return call.refuse(request.error());
  request->node = call.services().node;
  auto asked = std::make_shared<const append_request>(*request);
  call.services().events.append(call.self, std::move(*request), call.patience(),
    [call, asked, to_json](const result<append_result>& answer) mutable {
      if (answer)
        call.answer(to_json(*asked, *answer));
      else
        call.refuse(answer.error());
    });
}

void run_append(verb_call call) {
  auto request = append_request_of(call.given, call.services().make_id);
  append(std::move(call), std::move(request), to_append_json);
}

void run_append_batch(verb_call call) {
  auto request = append_batch_request_of(call.given, call.services().make_id);
  append(std::move(call), std::move(request), to_batch_json);
}

void run_publish(verb_call call) {
  auto request = publish_request_of(call.given, call.services().make_id);
  append(std::move(call), std::move(request), to_append_json);
}

void run_events(verb_call call) {
  auto asked = events_query_of(call.given, call.services().clock(), call.services().history);
  if (!asked)
    return call.refuse(asked.error());
  call.services().events.read(call.self, std::move(*asked), call.patience(),
    [call](const result<shared_page>& page) mutable {
      if (!page)
        return call.refuse(page.error());
      std::string lines;
      for (const recorded_event& each : (*page)->events)
        lines += to_line(each);
      const auto& rest = (*page)->rest;
      call.answer(lines_reply(
        std::move(lines), rest ? to_cursor(*rest, call.services().history) : std::string{}));
    },
    {.bytes = 2 << 20});
}

void run_status(verb_call call) {
  call.answer(status_of(*call.node, call.self->home_system().registry().running()));
}

std::uint64_t bytes_of(const std::filesystem::path& folder) {
  std::error_code ignored; // a folder that is not there holds nothing
  const auto bytes = std::filesystem::file_size(folder / "data.mdb", ignored);
  return ignored ? 0 : bytes;
}

void run_store_stats(verb_call call) {
  const caf::actor writer = call.services().events.writer();
  const auto answer = [](verb_call& asked, const store_statistics& counted) {
    const node_services& services = asked.services();
    const auto head = services.events.events().head();
    if (!head)
      return asked.refuse(head.error());
    const auto streams = services.events.events().streams();
    if (!streams)
      return asked.refuse(streams.error());
    const auto& folder = asked.node->facts.folder;
    asked.answer(json_value{{"store_id", to_string(services.store_id)},
      {"history_id", to_string(services.history)}, {"head", head->position.value},
      {"events", head->position.value}, {"entries", head->index}, {"streams", *streams},
      {"log_bytes", bytes_of(folder / "log")}, {"state_bytes", bytes_of(folder / "state")},
      {"models_bytes", bytes_of(folder / "models")}, {"groups", counted.groups},
      {"appends", counted.appends}, {"refusals", counted.refusals}, {"waiting", counted.waiting}});
  };
  ask<store_statistics>(
    std::move(call), writer, store_statistics_call{}, "the store's writer", answer);
}

void run_metrics(verb_call call) {
  look_at_node(std::move(call), [](verb_call& asked, const node_findings& found) {
    asked.answer(json_value{{"up", found.is_up()}, {"text", metrics_of(found, resident_bytes())}});
  });
}

} // namespace

std::vector<verb> node_verbs() {
  const std::vector<std::string_view> none;
  const needs observing{caller_role::observing};
  const needs reading{caller_role::reading};
  const needs writing{caller_role::writing};
  const needs operating{caller_role::operating};
  return {
    {"append", writing, append_keys, run_append},
    {"append_batch", writing, append_batch_keys, run_append_batch},
    {"publish", writing, publish_keys, run_publish},
    {"events", reading, events_keys, run_events},
    {"tail", reading, tail_keys, run_tail},
    {"dispatch", writing, dispatch_keys, run_dispatch},
    {"state", reading, state_keys, run_state},
    {"projections", reading, none, run_projections},
    {"projection_show", reading, projection_show_keys, run_projection_show},
    {"projection_pause", operating, {"name"}, run_projection_pause},
    {"projection_resume", operating, {"name"}, run_projection_resume},
    {"projection_skip", operating, {"name"}, run_projection_skip},
    {"projection_rebuild", operating, {"name", "cursor"}, run_projection_rebuild},
    {"session_create", writing, session_create_keys, run_session_create},
    {"session_show", reading, {"id"}, run_session_show},
    {"session_close", writing, session_change_keys, run_session_close},
    {"session_archive", writing, session_change_keys, run_session_archive},
    {"session_list", reading, session_list_keys, run_session_list},
    {"session_stats", reading, none, run_session_stats},
    {"replay", reading, replay_keys, run_replay},
    {"status", observing, none, run_status},
    {"store_stats", observing, none, run_store_stats},
    {"store_verify", operating, {"cursor"}, run_store_verify},
    {"store_backup", operating, {"file", "level", "cursor"}, run_store_backup},
    {"cluster_status", observing, none, run_cluster_status},
    {"cluster_health", observing, none, run_cluster_health},
    {"cluster_members", observing, none, run_cluster_members},
    {"cluster_add", operating, {"name"}, run_cluster_add},
    {"cluster_remove", operating, {"name"}, run_cluster_remove},
    {"cluster_replace", operating, {"old", "new"}, run_cluster_replace},
    {"cluster_transfer", operating, {"name"}, run_cluster_transfer},
    {"cluster_drain", operating, {"name"}, run_cluster_drain},
    {"cluster_sync", reading, none, run_cluster_sync},
    {"cluster_ping", observing, {"name"}, run_cluster_ping},
    {"metrics", observing, none, run_metrics},
    {"doctor", observing, none, run_doctor},
    {"names", reading, {"kind", "prefix"}, run_names},
    {"groups", reading, {"name", "scope", "cursor"}, run_groups},
    {"tree", observing, none, run_tree},
    {"ps", observing, none, run_ps},
    {"why", reading, {"child", "chain"}, run_why},
    {"crash_test", reading, {"child"}, run_crash_test},
    {"restart", operating, {"child", "dry_run"}, run_restart},
    {"sys", operating, {"child", "what", "how", "events"}, run_sys},
    {"application_list", observing, none, run_application_list},
    {"application_start", operating, {"name", "together"}, run_application_start},
    {"application_stop", operating, {"name"}, run_application_stop},
  };
}

} // namespace aiex
