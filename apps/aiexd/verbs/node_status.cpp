#include "aiexd/verbs/cluster_verbs.hpp"
#include "aiexd/verbs/node_verbs.hpp"
#include "aiexd/version.hpp"

#include <unistd.h>

#include <fstream>

namespace aiex {

namespace {

std::int64_t uptime_seconds(const node_facts& facts) {
  const auto up = std::chrono::steady_clock::now() - facts.started_at;
  return std::chrono::duration_cast<std::chrono::seconds>(up).count();
}

} // namespace

std::uint64_t resident_bytes() {
  std::ifstream file{"/proc/self/statm"};
  std::uint64_t pages = 0;
  file >> pages >> pages; // the second: resident
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

json_value status_of(const gateway_environment& node, std::size_t actors) {
  const node_services& services = node.services;
  json_value status{{"node", services.node}, {"store_id", to_string(services.store_id)},
    {"history_id", to_string(services.history)}, {"version", program_version},
    {"uptime_seconds", uptime_seconds(node.facts)}, {"listen", node.facts.where->listen()},
    {"http", node.facts.where->http()}};
  add_cluster_status(status, services);
  status["streams"] = services.events.events().streams().value_or(0);
  status["actors"] = actors;
  status["memory_bytes"] = resident_bytes();
  return status;
}

} // namespace aiex
