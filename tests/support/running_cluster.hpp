// Real nodes that form a cluster: processes of aiexd on this machine's loopback.
#pragma once

#include "support/eventually.hpp"
#include "support/running_node.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace aiex::test {

/// Nodes are called by their numbers, from 1; their names are n1, n2, …
class running_cluster {
public:
  using json = nlohmann::json;

  /// The first founds it, the others join it; all are voters when this returns.
  explicit running_cluster(std::size_t nodes) {
    for (std::size_t number = 1; number <= nodes; ++number)
      start(number);
    REQUIRE(eventually([&] { return voters_linked(1) == nodes; }));
    for (std::size_t number = 1; number <= nodes; ++number)
      REQUIRE(eventually([&] { return health(number) == "healthy"; }));
  }

  void start(std::size_t number) {
    std::vector<std::string> words{AIEX_AIEXD, "--name", name_of(number), "--data",
      folder_of(number).string(), "--listen", "127.0.0.1:0", "--http", "off"};
    for (const auto& [other, node] : nodes_)
      if (other != number) {
        words.insert(words.end(), {"--join", node->address()});
        break;
      }
    nodes_[number] = std::make_unique<running_node>(std::move(words));
    REQUIRE_MESSAGE(nodes_[number]->ready.starts_with("ready "), nodes_[number]->ready);
  }
  void kill(std::size_t number) { nodes_.erase(number); }
  void signal(std::size_t number, int what) const { nodes_.at(number)->child.send_signal(what); }
  /// By SIGTERM.
  void stop(std::size_t number) {
    signal(number, SIGTERM);
    CHECK(nodes_.at(number)->child.wait() == 0);
    nodes_.erase(number);
  }
  void lose_disk(std::size_t number) { std::filesystem::remove_all(folder_of(number)); }

  result<gateway_reply> call(std::size_t number, const std::string& verb, const json& given = {},
    std::chrono::milliseconds deadline = std::chrono::seconds{20}) const {
    auto client = gateway_client::connect(nodes_.at(number)->where(), {.deadline = deadline});
    if (!client)
      return tl::unexpected(client.error());
    return client->call(verb, given.is_null() ? "{}" : given.dump(), deadline);
  }
  json ask(std::size_t number, const std::string& verb, const json& given = {}) const {
    const auto reply = call(number, verb, given);
    return reply ? json::parse(reply->body, nullptr, false)
                 : json{{"error", std::string{aiex::name(reply.error().code)}},
                     {"message", reply.error().message}};
  }
  result<gateway_reply> append(std::size_t number, const std::string& stream,
    const std::string& type, const json& more = {}) const {
    json given{{"stream", stream}, {"type", type}, {"data", json::object()}};
    given.update(more.is_null() ? json::object() : more);
    return call(number, "append", given);
  }

  std::string health(std::size_t number) const {
    return ask(number, "cluster_health").value("health", std::string{});
  }
  std::size_t voters_linked(std::size_t number) const {
    return ask(number, "cluster_health").value("voters_linked", std::size_t{0});
  }
  /// The number of who leads, as that node sees it; 0 if it sees nobody.
  std::size_t leader(std::size_t seen_by) const {
    const std::string name = ask(seen_by, "cluster_status").value("leader", std::string{});
    return name.size() > 1 && name.front() == 'n' ? std::stoul(name.substr(1)) : 0;
  }
  std::string log_of(std::size_t number) const {
    const auto reply = call(number, "events", {{"all", true}, {"read", "local"}});
    return reply ? reply->body : reply.error().message;
  }
  std::filesystem::path folder_of(std::size_t number) const {
    return folder_.path() / name_of(number);
  }
  static std::string name_of(std::size_t number) { return "n" + std::to_string(number); }

private:
  temporary_folder folder_;
  std::map<std::size_t, std::unique_ptr<running_node>> nodes_;
};

} // namespace aiex::test
