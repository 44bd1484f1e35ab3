#include "aiex/actors/flow/store_child.hpp"

#include "aiex/supervision/tree/spawns.hpp"
#include "aiex/supervision/tree/supervisor.hpp"

#include <string>
#include <utility>
#include <variant>

namespace aiex {

namespace {

/// Not started again and not to be missed. Told to end, it finishes the commit it is in first.
constexpr worker_options kept{.restart = restart::temporary,
  .shutdown = shutdown::infinity(),
  .significant = true,
  .handler_limit = commit_limit};

caf::actor actor_of(const start_outcome& outcome) {
  const auto* made = std::get_if<started>(&outcome);
  invariant(made != nullptr, "the beginning of a store actor does nothing that can fail");
  return made->actor;
}

child_spec adopted(std::string id, const caf::actor& running) {
  return worker(
    std::move(id), [running](caf::event_based_actor&) -> start_outcome { return started{running}; },
    kept);
}

} // namespace

store store_actors::as_store(std::shared_ptr<const event_store> events) const {
  return {
    writer, {readers.begin(), readers.end()}, std::move(events), std::make_shared<append_gate>()};
}

store_actors spawn_store(caf::actor_system& system, const std::shared_ptr<event_store>& events,
  store_environment environment) {
  store_actors made{
    actor_of(spawn_eager<caf::detached>(system, store_writer, events, std::move(environment))), {}};
  for (caf::actor& reader : made.readers)
    reader = actor_of(spawn_eager<caf::detached>(system, store_reader, events));
  return made;
}

child_spec store_child(const store_actors& running, const supervision_context& parent) {
  supervisor_spec spec{.ends = auto_shutdown::any_significant};
  spec.children.push_back(adopted("writer", running.writer));
  for (std::size_t i = 0; i < running.readers.size(); ++i)
    spec.children.push_back(adopted("reader-" + std::to_string(i + 1), running.readers[i]));
  return supervisor_child("store", std::move(spec), parent, kept);
}

} // namespace aiex
