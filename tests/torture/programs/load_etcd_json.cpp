#include "aiexd/verbs/base64.hpp"
#include "torture/programs/load_peers.hpp"

#include <fmt/format.h>
#include <httplib.h>

#include <memory>

namespace aiex::test {

namespace {

constexpr std::chrono::seconds deadline{5};

std::string transaction(const load_append& asked) {
  const std::string key = to_base64(asked.stream);
  const std::string value =
    to_base64(fmt::format(R"({{"id":"{}","data":{}}})", asked.id, asked.data));
  return fmt::format(
    R"({{"compare":[{{"key":"{0}","target":"VERSION","result":"EQUAL","version":"{1}"}}],)"
    R"("success":[{{"requestPut":{{"key":"{0}","value":"{2}"}}}}]}})",
    key, asked.expected, value);
}

} // namespace

load_appender open_etcd_json(const std::string& node) {
  auto client = std::make_shared<httplib::Client>("http://" + node);
  client->set_keep_alive(true);
  client->set_tcp_nodelay(true);
  client->set_read_timeout(deadline);
  return [client](const load_append& asked) {
    const auto answer = client->Post("/v3/kv/txn", transaction(asked), "application/json");
    return answer && answer->status == 200 &&
           answer->body.find(R"("succeeded":true)") != std::string::npos;
  };
}

} // namespace aiex::test
