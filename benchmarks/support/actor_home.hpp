#pragma once

#include "aiex/actors/runtime/profile.hpp"
#include "aiex/persistence/base/error.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>

namespace aiex::bench {

/// An actor system as a node has it, and an actor for who measures: a base of what is measured.
class actor_home {
public:
  actor_home() : system_(configured(config_)), self_(system_) {}
  actor_home(const actor_home&) = delete;
  actor_home& operator=(const actor_home&) = delete;

private:
  static caf::actor_system_config& configured(caf::actor_system_config& config) {
    invariant(configure_node(config).has_value(), "the actors cannot be configured");
    return config;
  }

  caf::actor_system_config config_;

protected:
  caf::actor_system system_;
  caf::scoped_actor self_;
};

} // namespace aiex::bench
