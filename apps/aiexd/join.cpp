// Tested by tests/apps/aiexd/cluster_test.cpp
#include "aiexd/join.hpp"

#include "aiex/actors/cluster/gateway_client.hpp"
#include "aiex/persistence/store/data_folder.hpp"
#include "aiex/persistence/store/seeds_file.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <thread>

namespace aiex {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds seed_deadline = 2s;
constexpr std::chrono::milliseconds look_for_end = 50ms;
constexpr int looks_between_rounds = 10;

/// The history of the cluster that the node there belongs to. Errors: of `gateway_client`; corrupt,
/// if it does not say so.
result<uuid> history_of(const std::string& seed, const std::optional<tls_files>& certificates) {
  const auto where = parse_endpoint(seed);
  if (!where)
    return tl::unexpected(where.error());
  auto client = gateway_client::connect(
    *where, {.deadline = seed_deadline, .name = "aiexd", .certificates = certificates});
  if (!client)
    return tl::unexpected(client.error());
  const auto reply = client->call("status", "{}", seed_deadline);
  if (!reply)
    return tl::unexpected(reply.error());
  const auto status = nlohmann::json::parse(reply->body, nullptr, false);
  const auto history =
    status.is_object() ? parse_uuid(status.value("history_id", std::string{})) : std::nullopt;
  if (!history)
    return fail(errc::corrupt, seed + " does not say which cluster it belongs to");
  return *history;
}

/// True: told to end.
bool pause(const std::function<bool()>& is_told_to_end) {
  for (int i = 0; i < looks_between_rounds; ++i) {
    if (is_told_to_end())
      return true;
    std::this_thread::sleep_for(look_for_end);
  }
  return is_told_to_end();
}

} // namespace

result<found_cluster> find_cluster(const node_config& config,
  const std::function<bool()>& is_told_to_end,
  const std::function<void(const std::string&)>& warn) {
  found_cluster found{config.join, {}};
  if (!found.seeds.empty()) {
    if (auto written = write_seeds(config.data, found.seeds); !written)
      return tl::unexpected(std::move(written.error()));
  } else {
    auto remembered = read_seeds(config.data);
    if (!remembered)
      return tl::unexpected(std::move(remembered.error()));
    found.seeds = std::move(*remembered);
  }
  const auto identity = data_folder::identity_of(config.data);
  if (found.seeds.empty() || identity || identity.error().code != errc::not_found)
    return found;
  for (bool is_warned = false; !found.history; is_warned = true) {
    std::string why;
    for (const std::string& seed : found.seeds) {
      const auto history = history_of(seed, config.certificates);
      if (history) {
        found.history = *history;
        break;
      }
      if (history.error().code == errc::unknown_version)
        return tl::unexpected(history.error());
      why += (why.empty() ? "" : ". ") + history.error().message;
      if (is_told_to_end())
        break;
    }
    if (found.history)
      break;
    if (!is_warned && warn)
      warn(fmt::format("waits for the cluster that it is to join: {}", why));
    if (pause(is_told_to_end))
      return fail(errc::stopped, "told to end while it waited for the cluster that it is to join");
  }
  return found;
}

} // namespace aiex
