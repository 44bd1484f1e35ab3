#include "aiex/actors/runtime/profile.hpp"

#include "aiex/actors/runtime/message_types.hpp"
#include "aiex/supervision/workers/worker_pool.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/io/middleman.hpp>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

namespace aiex {

namespace {

result<void> configure(
  caf::actor_system_config& config, const profile& wishes, std::size_t workers) {
  if (wishes.messages_per_turn == 0)
    return fail(errc::invalid_argument, "messages_per_turn must be at least 1");
  if (wishes.heartbeat_interval.count() <= 0 ||
      wishes.connection_timeout < 2 * wishes.heartbeat_interval)
    return fail(errc::invalid_argument,
      "connection_timeout must hold at least two heartbeats, and a heartbeat more than 0 ms");

  config.load<caf::io::middleman>();
  config.add_message_types<caf::id_block::aiex_messages>();
  config.set("scheduler.policy", caf::atom("sharing"));
  config.set("scheduler.max-threads", workers);
  config.set("scheduler.max-throughput", wishes.messages_per_turn);
  config.set("middleman.workers", std::size_t{0});
  config.set("middleman.enable-automatic-connections", false);
  config.set("middleman.app-identifiers", std::vector<std::string>{std::string(link_protocol)});
  config.set("middleman.heartbeat-interval", caf::timespan{wishes.heartbeat_interval});
  config.set("middleman.connection-timeout", caf::timespan{wishes.connection_timeout});
  return {};
}

} // namespace

result<void> configure_node(caf::actor_system_config& config, const profile& wishes) {
  const std::size_t cores = std::thread::hardware_concurrency();
  auto configured =
    configure(config, wishes, wishes.workers != 0 ? wishes.workers : std::max(workers_min, cores));
  if (configured)
    worker_pool::load_into(config);
  return configured;
}

result<void> configure_client(caf::actor_system_config& config, const profile& wishes) {
  auto configured = configure(config, wishes, std::max<std::size_t>(wishes.workers, 1));
  // Else CAF gives its own helpers threads, and a system that ends may wait for one of those for
  // ever: a race of CAF 0.17, once in some thousand clients.
  if (configured)
    config.set("middleman.attach-utility-actors", true);
  return configured;
}

} // namespace aiex
