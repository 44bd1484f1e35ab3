// A real aiexd on a folder of its own: what a client, a kill and a signal see.
#include "support/gateway_answers.hpp"
#include "support/running_node.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <sys/wait.h>

#include <csignal>
#include <thread>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using test::all_events;
using test::answered;
using test::child_process;
using test::lines_of;
using test::object;
using test::patience;
using test::running_node;

TEST_CASE("node: appends, repeats, reads and says how it is") {
  const test::temporary_folder folder;
  running_node node{folder.path() / "data"};
  CHECK(node.ready.starts_with("ready name=tested listen=127.0.0.1:"));
  CHECK(node.ready.ends_with("http=off"));
  auto client = node.connected();
  CHECK(client.node().node == "tested");

  const json wish{{"stream", "account-1"}, {"type", "opened"}, {"data", {{"cents", 5}}},
    {"id", test::id_text(1)}, {"expect", "none"}};
  const json first = object(client, "append", wish);
  CHECK(first["version"] == 1);
  CHECK(first["position"] == 1);
  CHECK_FALSE(first.contains("repeated"));
  CHECK(object(client, "append", wish)["repeated"] == true);

  const auto refused =
    client.call("append", R"({"stream":"account-1","type":"opened","expect":7})", patience);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::wrong_expected_version);
  CHECK(refused.error().actual == 1);

  const json batch = object(client, "append_batch",
    {{"stream", "account-1"}, {"events", {{{"type", "a"}}, {{"type", "b"}}}}});
  CHECK(batch["first_version"] == 2);
  CHECK(batch["version"] == 3);
  CHECK(batch["count"] == 2);

  const json published = object(client, "publish",
    {{"event", {{"type", "seen"}, {"aggregate_id", "account-2"}, {"data", {{"by", "me"}}}}}});
  const auto events = all_events(client, {{"stream", "account-2"}});
  REQUIRE(events.size() == 1);
  CHECK(events[0]["id"] == published["id"]);
  CHECK(events[0]["correlation_id"] == published["id"]);
  CHECK(events[0]["data"] == json{{"by", "me"}});
  CHECK(events[0]["node"] == "tested");

  const json status = object(client, "status");
  CHECK(status["head"] == 4);
  CHECK(status["health"] == "single_node");
  CHECK(status["listen"] == to_string(node.where())); // the port it has, not the one it was given
  CHECK(status["http"] == "off");
  CHECK(status["streams"] == 2);
  CHECK(object(client, "store_stats")["events"] == 4);
  CHECK(object(client, "store_stats")["streams"] == 2);
  const json tree = object(client, "tree");
  CHECK(tree["children"].front()["id"] == "store");
  CHECK(tree["children"].back()["id"] == "ledger");
  CHECK(
    object(client, "metrics")["text"].get<std::string>().find("aiex_head 4") != std::string::npos);
  const auto unknown = client.call("no_such_verb", "", patience);
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().message.find("append_batch") != std::string::npos);
}

TEST_CASE("node: a tail waits for what comes, and ends empty when its time is over") {
  const test::temporary_folder folder;
  running_node node{folder.path() / "data"};
  auto client = node.connected();
  const auto empty = answered(client, "tail", {{"wait_ms", 1}});
  CHECK(empty.body.empty());
  REQUIRE_FALSE(empty.next.empty());

  auto other = node.connected();
  std::thread writer{[&] {
    for (const char* type : {"ignored", "wanted"})
      (void)other.call("append", json{{"stream", "a"}, {"type", type}}.dump(), patience);
  }};
  const auto found = lines_of(
    answered(client, "tail", {{"types", {"wanted"}}, {"wait_ms", 9'000}, {"cursor", empty.next}}));
  writer.join();
  REQUIRE(found.size() == 1);
  CHECK(found[0]["type"] == "wanted");
  CHECK(found[0]["position"] == 2);
}

TEST_CASE("node: verify and backup say how far they are until they are done") {
  const test::temporary_folder folder;
  running_node node{folder.path() / "data"};
  auto client = node.connected();
  object(client, "append", {{"stream", "a"}, {"type", "x"}});
  const auto finished = [&](const char* verb, json arguments) {
    auto reply = answered(client, verb, arguments);
    while (!reply.next.empty()) {
      CHECK(json::parse(reply.body).contains("done"));
      arguments["cursor"] = reply.next;
      reply = answered(client, verb, arguments);
    }
    return json::parse(reply.body);
  };
  const json verified = finished("store_verify", json::object());
  CHECK(verified["sound"] == true);
  CHECK(verified["events"] == 1);
  const auto file = folder.path() / "backup";
  CHECK(finished("store_backup", {{"file", file.string()}})["position"] == 1);
  CHECK(std::filesystem::exists(file));
  const auto lost = client.call("store_verify", R"({"cursor":"job-99"})", patience);
  REQUIRE_FALSE(lost);
  CHECK(lost.error().code == errc::invalid_history);
}

TEST_CASE("node: what is under way when it is stopped is answered") {
  const test::temporary_folder folder;
  running_node node{folder.path() / "data"};
  auto client = node.connected();
  result<gateway_reply> answer;
  std::thread waits{
    [&] { answer = client.call("tail", R"({"wait_ms":30000})", std::chrono::seconds{60}); }};
  auto other = node.connected();
  CHECK(object(other, "status")["head"] == 0);
  node.child.send_signal(SIGTERM);
  waits.join();
  if (answer)
    CHECK(answer->body.empty());
  else // the request came after the signal
    CHECK(answer.error().code == errc::stopped);
  const auto status = node.child.wait();
  REQUIRE(status);
  CHECK(WIFEXITED(*status));
}

TEST_CASE("node: SIGTERM and SIGINT stop it in order, and its folder opens again") {
  const test::temporary_folder folder;
  for (const int number : {SIGTERM, SIGINT}) {
    running_node node{folder.path() / "data"};
    auto client = node.connected();
    object(client, "append", {{"stream", "a"}, {"type", "x"}});
    node.child.send_signal(number);
    const auto status = node.child.wait();
    REQUIRE(status);
    CHECK(WIFEXITED(*status));
    CHECK(WEXITSTATUS(*status) == 0);
  }
  running_node node{folder.path() / "data"};
  auto client = node.connected();
  CHECK(object(client, "status")["head"] == 2);
}

} // namespace
} // namespace aiex
