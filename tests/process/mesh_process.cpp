// A node with nothing but a mesh, for tests that stop and kill it: mesh_process NAME STORE SEED.
// Prints its port, serves until its input ends.
#include "aiex/actors/cluster/link.hpp"
#include "aiex/actors/runtime/profile.hpp"
#include "aiex/supervision/tree/spawns.hpp"

#include "support/mesh_door.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>
#include <unistd.h>

#include <atomic>
#include <iostream>

int main(int count, char** words) {
  using namespace aiex;
  caf::actor_system_config config;
  if (count != 4 || !configure_node(config, {.workers = 2}))
    return 2;
  caf::actor_system system{config};
  aiex::link link{system};
  std::atomic<std::uint16_t> port = 0;
  mesh_options options;
  options.self = {test::uuid_of(100), words[1],
    test::uuid_of(static_cast<std::uint8_t>(std::stoi(words[2]))),
    static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count()), {}};
  options.seeds = {words[3]};
  options.links = link.nodes();
  options.address = [&port] { return "127.0.0.1:" + std::to_string(port); };
  const auto made = spawn_eager<caf::detached>(system, mesh, options);
  const auto* running = std::get_if<started>(&made);
  if (running == nullptr || !options.names.register_name(std::string{mesh_name}, running->actor))
    return 2;
  const auto door = system.spawn<caf::hidden>(test::mesh_door, options.names);
  const auto listening = link.listen(door, {"127.0.0.1", 0});
  if (!listening)
    return 2;
  port = *listening;
  std::cout << *listening << std::endl;
  for (std::string line; std::getline(std::cin, line);)
    ;
  ::_exit(0);
}
