#include "aiex/actors/cluster/gateway_client.hpp"

#include "torture/programs/load_peers.hpp"

#include <fmt/format.h>

#include <memory>
#include <optional>

namespace aiex::test {

namespace {

constexpr std::chrono::seconds deadline{5};

} // namespace

load_appender open_aiex(const std::string& node, const std::optional<tls_files>& certificates) {
  const auto where = parse_endpoint(node);
  invariant(where.has_value(), "a node is ADDR:PORT");
  auto open = std::make_shared<std::optional<gateway_client>>();
  return [where = *where, open, certificates](const load_append& asked) {
    if (!*open) {
      auto client = gateway_client::connect(
        where, {.deadline = deadline, .name = "load_client", .certificates = certificates});
      if (!client)
        return false;
      open->emplace(std::move(*client));
    }
    const auto reply = (*open)->call("append",
      fmt::format(R"({{"stream":"{}","type":"happened","expect":{},"id":"{}","data":{}}})",
        asked.stream, asked.expected, asked.id, asked.data),
      deadline);
    if (!reply)
      open->reset();
    return reply.has_value();
  };
}

} // namespace aiex::test
