// load_client [--cert F --key F --ca F] SYSTEM NODES WRITERS SECONDS BYTES RUN: appends to a
// cluster as fast as it answers.
//
//   SYSTEM   aiex, etcd-json, or etcd, if this program was compiled where gRPC is
//   NODES    ADDR:PORT,ADDR:PORT,…; writers are spread over them
//   WRITERS  each waits for its answer before it asks again, and has a stream of its own
//   RUN      a word for the streams' names, another for each run on the same cluster
//
// Prints a line of JSON: {"appends","failures","seconds","per_second","p50_ms","p99_ms",
// "p999_ms","max_ms","client_cpu_s"}. The last is what this program itself took of the machine.
#include "torture/programs/load_peers.hpp"

#include <nlohmann/json.hpp>
#include <sys/resource.h>

#include <iostream>
#include <sstream>

namespace {

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

double quantile(const std::vector<double>& sorted, double part) {
  if (sorted.empty())
    return 0;
  const auto last = static_cast<double>(sorted.size() - 1);
  return sorted[static_cast<std::size_t>(last * part)];
}

aiex::test::load_wishes wishes_of(const std::vector<std::string>& words) {
  aiex::test::load_wishes wishes;
  std::istringstream nodes{words[1]};
  for (std::string node; std::getline(nodes, node, ',');)
    wishes.nodes.push_back(node);
  wishes.writers = std::stoul(words[2]);
  wishes.length = std::chrono::seconds{std::stoul(words[3])};
  wishes.payload_bytes = std::stoul(words[4]);
  wishes.run = words[5];
  return wishes;
}

/// Nothing if there is no such system.
aiex::test::load_opener opener_of(
  const std::string& system, const std::optional<aiex::tls_files>& certificates) {
  if (system == "aiex")
    return
      [certificates](const std::string& node) { return aiex::test::open_aiex(node, certificates); };
  if (system == "etcd-json")
    return aiex::test::open_etcd_json;
#ifdef AIEX_HAS_GRPC
  if (system == "etcd")
    return aiex::test::open_etcd;
#endif
  return {};
}

} // namespace

int main(int argument_count, char** arguments) {
  std::vector<std::string> words(arguments + 1, arguments + argument_count);
  const auto certificates = aiex::test::take_certificates(words);
  const auto open = opener_of(words.size() == 6 ? words[0] : "", certificates);
  if (!open) {
    std::cerr << "load_client aiex|etcd|etcd-json NODES WRITERS SECONDS BYTES RUN\n";
    return 2;
  }
  const auto found = aiex::test::run_load(wishes_of(words), open);
  const auto& sorted = found.latencies_ms;
  std::cout << nlohmann::ordered_json{{"appends", found.appends}, {"failures", found.failures},
                 {"seconds", found.seconds},
                 {"per_second", static_cast<double>(found.appends) / found.seconds},
                 {"p50_ms", quantile(sorted, 0.5)}, {"p99_ms", quantile(sorted, 0.99)},
                 {"p999_ms", quantile(sorted, 0.999)},
                 {"max_ms", sorted.empty() ? 0 : sorted.back()}, {"client_cpu_s", cpu_seconds()}}
                 .dump()
            << '\n';
  return found.appends > 0 ? 0 : 1;
}
