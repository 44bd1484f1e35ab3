#pragma once

#include "aiex/actors/flow/node_part.hpp"
#include "aiex/persistence/store/local_store.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace aiex::bench {

/// The actors of a node around a store, without a node's clients: writer and readers, and under one
/// supervisor bus, models' writer and what is being measured.
class flow_node {
public:
  explicit flow_node(const local_store& opened);
  ~flow_node();
  flow_node(const flow_node&) = delete;
  flow_node& operator=(const flow_node&) = delete;

  /// Starts a child behind those that run.
  void start(const node_part& part);

  /// Stops the child of this id and forgets it.
  void drop(const std::string& id);

  /// Asks the actor of this name and waits. Ends the program when there is no answer.
  template <class Answer, class Call>
  Answer ask(const std::string& name, Call call) {
    Answer answer{};
    const auto asked = services_.names.find(name);
    invariant(asked.has_value(), "an actor of the benchmark is not there");
    self_->request(*asked, patience, std::move(call))
      .receive([&](Answer& given) { answer = std::move(given); },
        [](const caf::error&) { invariant(false, "an actor of the benchmark is silent"); });
    return answer;
  }

  const node_services& services() const noexcept { return services_; }
  caf::actor_system& system() noexcept { return system_; }
  caf::scoped_actor& self() noexcept { return self_; }

  static constexpr std::chrono::seconds patience{120};

private:
  static caf::actor_system_config& configured(caf::actor_system_config& config);

  caf::actor_system_config config_;
  caf::actor_system system_;
  caf::scoped_actor self_;
  std::vector<caf::actor> store_actors_; // the writer first
  node_services services_;
  caf::actor top_;
};

} // namespace aiex::bench
