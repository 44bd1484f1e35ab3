#include "aiexd/verbs/node_verbs.hpp"
#include "aiexd/version.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>

namespace aiex {

namespace {

std::uint64_t memory_bytes() {
  std::ifstream file{"/proc/self/statm"};
  std::uint64_t pages = 0;
  file >> pages >> pages; // the second: resident
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::int64_t uptime_seconds(const node_facts& facts) {
  const auto up = std::chrono::steady_clock::now() - facts.started_at;
  return std::chrono::duration_cast<std::chrono::seconds>(up).count();
}

} // namespace

json_value status_of(const gateway_environment& node, std::size_t actors) {
  const node_services& services = node.services;
  const auto head = services.events.events().head();
  json_value status{{"node", services.node}, {"store_id", to_string(services.store_id)},
    {"history_id", to_string(services.history)}, {"version", program_version},
    {"uptime_seconds", uptime_seconds(node.facts)}, {"listen", node.facts.where->listen()},
    {"http", node.facts.where->http()}};
  status["health"] = head ? "single_node" : "unhealthy";
  status["reason"] = head ? "one node, no cluster" : head.error().message;
  status["head"] = head ? head->position.value : 0;
  status["applied"] = head ? head->position.value : 0;
  status["streams"] = services.events.events().streams().value_or(0);
  status["actors"] = actors;
  status["memory_bytes"] = memory_bytes();
  return status;
}

std::string metrics_of(const gateway_environment& node, const store_statistics& counted) {
  const auto head = node.services.events.events().head();
  std::string text;
  const auto add = [&](std::string_view name, std::string_view kind, std::string_view help,
                     std::uint64_t value) {
    text += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n{0} {3}\n", name, help, kind, value);
  };
  add("aiex_up", "gauge", "1 while the store works.", head ? 1 : 0);
  add("aiex_head", "gauge", "Position of the newest event.", head ? head->position.value : 0);
  add("aiex_appends_total", "counter", "Appends accepted or repeated.", counted.appends);
  add("aiex_append_refusals_total", "counter", "Appends refused.", counted.refusals);
  add("aiex_events_written_total", "counter", "Events written since the start.", counted.events);
  add("aiex_commits_total", "counter", "Commits, each of many appends.", counted.groups);
  add("aiex_appends_waiting", "gauge", "Appends let in and not yet answered.", counted.waiting);
  add("process_resident_memory_bytes", "gauge", "Resident memory.", memory_bytes());
  return text;
}

} // namespace aiex
