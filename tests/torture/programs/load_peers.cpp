#include "torture/programs/load_peers.hpp"

#include "aiex/actors/cluster/gateway_client.hpp"

#include "aiexd/verbs/base64.hpp"

#include <fmt/format.h>
#include <httplib.h>

#include <memory>
#include <optional>

namespace aiex::test {

namespace {

constexpr std::chrono::seconds deadline{5};

std::string etcd_transaction(const load_append& asked) {
  const std::string key = to_base64(asked.stream);
  const std::string value =
    to_base64(fmt::format(R"({{"id":"{}","data":{}}})", asked.id, asked.data));
  return fmt::format(
    R"({{"compare":[{{"key":"{0}","target":"VERSION","result":"EQUAL","version":"{1}"}}],)"
    R"("success":[{{"requestPut":{{"key":"{0}","value":"{2}"}}}}]}})",
    key, asked.expected, value);
}

} // namespace

load_appender open_aiex(const std::string& node) {
  const auto where = parse_endpoint(node);
  invariant(where.has_value(), "a node is ADDR:PORT");
  auto open = std::make_shared<std::optional<gateway_client>>();
  return [where = *where, open](const load_append& asked) {
    if (!*open) {
      auto client = gateway_client::connect(where, {.deadline = deadline, .name = "load_client"});
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

load_appender open_etcd(const std::string& node) {
  auto client = std::make_shared<httplib::Client>("http://" + node);
  client->set_keep_alive(true);
  client->set_tcp_nodelay(true);
  client->set_read_timeout(deadline);
  return [client](const load_append& asked) {
    const auto answer = client->Post("/v3/kv/txn", etcd_transaction(asked), "application/json");
    return answer && answer->status == 200 &&
           answer->body.find(R"("succeeded":true)") != std::string::npos;
  };
}

} // namespace aiex::test
