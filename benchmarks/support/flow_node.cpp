#include "support/flow_node.hpp"

#include "aiex/actors/flow/bus.hpp"
#include "aiex/actors/flow/models_writer.hpp"
#include "aiex/actors/runtime/profile.hpp"
#include "aiex/supervision/tree/spawns.hpp"
#include "aiex/supervision/tree/supervisor.hpp"

#include "support/scratch.hpp"

#include <stdexcept>

namespace aiex::bench {

namespace {

constexpr const char* top_path = "bench";

uuid new_id() {
  thread_local event_source source;
  return source.next_id();
}

std::vector<caf::actor> spawn_store(caf::actor_system& system, const local_store& opened) {
  const auto fail_loudly = [](const error& why) { throw std::runtime_error{why.message}; };
  const std::shared_ptr<const event_store> readable = opened.events();
  return {
    system.spawn<caf::detached>(store_writer, opened.events(), store_environment{now, fail_loudly}),
    system.spawn<caf::detached>(store_reader, readable),
    system.spawn<caf::detached>(store_reader, readable)};
}

} // namespace

caf::actor_system_config& flow_node::configured(caf::actor_system_config& config) {
  invariant(configure_node(config).has_value(), "the actors cannot be configured");
  return config;
}

flow_node::flow_node(const local_store& opened)
    : system_(configured(config_)), self_(system_), store_actors_(spawn_store(system_, opened)),
      services_{.node = "node1",
        .store_id = opened.identity().store,
        .history = opened.identity().history,
        .events = {store_actors_[0], {store_actors_[1], store_actors_[2]}, opened.events(),
          std::make_shared<append_gate>()},
        .models = opened.models(),
        .aggregate_snapshots = opened.aggregate_snapshots(),
        .names = {},
        .clock = now,
        .make_id = new_id} {
  const auto head = opened.events()->head();
  invariant(head.has_value(), "the store of the benchmark cannot be read");
  supervisor_spec spec;
  spec.children = {worker("models", via(services_.names, "models",
                                      spawns<caf::detached>(models_writer, services_.models,
                                        services_.aggregate_snapshots, models_writer_limits{},
                                        on_models_failure{}))),
    worker("bus", via(services_.names, "bus",
                    spawns(bus, services_.events, std::make_shared<bus_memory>(head->position))))};
  const start_outcome outcome = start_supervisor(system_, std::move(spec), {{}, top_path});
  invariant(std::holds_alternative<started>(outcome), "the actors cannot be started");
  top_ = std::get<started>(outcome).actor;
}

flow_node::~flow_node() {
  self_->send_exit(top_, caf::exit_reason::user_shutdown);
  self_->wait_for(top_);
  for (const caf::actor& each : store_actors_)
    self_->send_exit(each, caf::exit_reason::user_shutdown);
  self_->wait_for(store_actors_);
}

void flow_node::start(const node_part& part) {
  self_->request(top_, patience, start_child_call{part.make(services_, {{}, top_path})})
    .receive(
      [](const start_child_answer& answer) {
        invariant(answer.outcome.has_value(), "a child of the benchmark cannot be started");
      },
      [](const caf::error&) { invariant(false, "the supervisor is silent"); });
}

void flow_node::drop(const std::string& id) {
  const auto done = [](const supervision_answer& answer) {
    invariant(answer.outcome.has_value(), "a child of the benchmark cannot be stopped");
  };
  const auto silent = [](const caf::error&) { invariant(false, "the supervisor is silent"); };
  self_->request(top_, patience, terminate_child_call{id}).receive(done, silent);
  self_->request(top_, patience, delete_child_call{id}).receive(done, silent);
}

} // namespace aiex::bench
