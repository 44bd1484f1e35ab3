// A process with a port, which tests kill. Says the number of the port's process, then waits.
#include "aiex/supervision/port/port.hpp"
#include "aiex/supervision/tree/spawns.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <unistd.h>

#include <iostream>

int main() {
  caf::actor_system_config config;
  caf::actor_system system{config};
  const caf::scoped_actor self{system};
  const auto outcome = aiex::spawn_eager(
    system, aiex::port, aiex::port_options{.command = {"sleep", "1000"}}, caf::actor{self});
  const auto* made = std::get_if<aiex::started>(&outcome);
  if (made == nullptr)
    return 1;
  self->request(made->actor, std::chrono::seconds{60}, aiex::port_process_call{})
    .receive([](std::int64_t id) { std::cout << id << std::endl; }, [](const caf::error&) {});
  for (;;)
    ::pause();
}
