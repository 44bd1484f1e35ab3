#include "aiex/actors/cluster/groups.hpp"
#include "aiex/application/application.hpp"
#include "aiex/supervision/call/call.hpp"
#include "aiex/supervision/tree/spawns.hpp"

#include <caf/stateful_actor.hpp>

#include <chrono>
#include <stdexcept>
#include <string>

using namespace std::chrono_literals;
using customer_atom = caf::atom_constant<caf::atom("customer")>;

struct till_state {
  static inline const char* name = "till"; // what this kind of actor is called
  std::int64_t cents = 0;
  static constexpr auto fields = aiex::fields("till", &till_state::cents, "cents");
};

caf::behavior till(caf::stateful_actor<till_state>* self) { // answers with what it holds now
  return {[self](std::int64_t coin) {
    if (coin <= 0)
      throw std::invalid_argument{"a coin of " + std::to_string(coin) + " cents"};
    return self->state.cents += coin;
  }};
}

struct clerk_state {
  static inline const char* name = "clerk";
  std::uint64_t customers = 0, unserved = 0;
};

caf::behavior clerk(caf::stateful_actor<clerk_state>* self, const aiex::node_services& node) {
  if (const auto joined = aiex::groups{node.names}.join("clerks", {self}); !joined)
    throw std::runtime_error{joined.error().message};
  self->send(self, customer_atom::value);
  return {[self, node](customer_atom) {
    const std::int64_t coin = ++self->state.customers % 25 == 3 ? -1 : 50; // one tries to cheat
    node.events.calls().call<std::int64_t>(self, node.names, "till", 5s, coin,
      [self](const tl::expected<std::int64_t, aiex::call_error>& cents) {
        self->state.unserved += cents ? 0 : 1; // the till broke in the middle of the call
      });
    self->delayed_send(self, 200ms, customer_atom::value);
  }};
}

int main(int argc, char** argv) {
  const auto make_till = [](const aiex::node_services& node, const aiex::supervision_context&) {
    return aiex::worker("till", aiex::via(node.names, "till", aiex::spawns(till)));
  };
  const auto make_clerk = [](const aiex::node_services& node, const aiex::supervision_context&) {
    return aiex::worker("clerk", aiex::spawns(clerk, node), {.restart = aiex::restart::transient});
  };
  return aiex::application{"shop"}.run(argc, argv,
    aiex::supervisor("shop", aiex::strategy::one_for_one, {.intensity = 3, .period = 5s},
      {{"till", make_till}, {"clerk", make_clerk}}));
}
