// A node with nothing but a gateway, for tests that kill it. Prints its port, serves until its
// input ends, then stops in order.
#include "aiex/actors/cluster/link.hpp"
#include "aiex/actors/runtime/profile.hpp"

#include "support/test_gateway.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>

#include <iostream>

int main() {
  caf::actor_system_config config;
  if (!aiex::configure_node(config, {.workers = 2}))
    return 2;
  caf::actor_system system{config};
  aiex::link link{system};
  auto gateway = system.spawn<caf::hidden>(aiex::test::test_gateway, aiex::gateway_protocol);
  const auto port = link.listen(gateway, {"127.0.0.1", 0});
  if (!port)
    return 2;
  std::cout << *port << std::endl;
  for (std::string line; std::getline(std::cin, line);)
    ;
  caf::anon_send_exit(gateway, caf::exit_reason::user_shutdown);
  return 0;
}
