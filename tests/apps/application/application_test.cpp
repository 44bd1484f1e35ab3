// A program of a user, the one of the README, in a process of its own.
#include "aiex/actors/cluster/gateway_client.hpp"

#include "support/child_process.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <csignal>

namespace aiex {
namespace {

using nlohmann::json;
using test::child_process;

struct hello {
  child_process child;
  std::string ready = child.read_line();

  explicit hello(const test::temporary_folder& folder, const std::vector<std::string>& more = {})
      : child(command(folder, more)) {}

  static std::vector<std::string> command(
    const test::temporary_folder& folder, const std::vector<std::string>& more) {
    std::vector<std::string> words{AIEX_HELLO, "--name", "tested", "--data",
      (folder.path() / "data").string(), "--listen", "127.0.0.1:0", "--http", "off"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  json call(const char* verb, const json& arguments = json::object()) const {
    const std::string mark = "listen=";
    const auto begin = ready.find(mark) + mark.size();
    const auto where = parse_endpoint(ready.substr(begin, ready.find(' ', begin) - begin));
    REQUIRE_MESSAGE(where, ready);
    auto client = gateway_client::connect(*where);
    REQUIRE(client);
    const auto reply = client->call(verb, arguments.dump(), test::patience);
    if (!reply)
      FAIL(reply.error().message);
    return json::parse(reply->body);
  }
};

TEST_CASE("a user's program is a node with the user's tree in it") {
  const test::temporary_folder folder;
  hello program{folder};
  CHECK(program.ready.starts_with("ready name=tested listen=127.0.0.1:"));
  const json tree = program.call("tree");
  CHECK(tree["id"] == "aiexd");
  std::vector<std::string> children;
  for (const json& child : tree["children"])
    children.push_back(child["id"]);
  CHECK(children == std::vector<std::string>{"store", "models", "bus", "bank", "gateway"});
  program.child.send_signal(SIGTERM);
  CHECK(program.child.wait() == 0);
}

TEST_CASE("what a user's program has answered is there after a kill, in state and read model") {
  const test::temporary_folder folder;
  const auto deposit = [](const hello& program, int cents) {
    return program.call("dispatch",
      {{"category", "account"}, {"id", "1"}, {"command", "deposit"}, {"data", {{"cents", cents}}}});
  };
  {
    const hello program{folder};
    CHECK(deposit(program, 500)["version"] == 1);
  } // killed
  const hello program{folder};
  CHECK(deposit(program, 7)["version"] == 2);
  CHECK(program.call("state", {{"category", "account"}, {"id", "1"}})["state"]["cents"] == 507);
}

TEST_CASE("--shell: leaving the shell, or SIGTERM, stops the node") {
  for (const bool is_signal : {false, true}) {
    CAPTURE(is_signal);
    const test::temporary_folder folder;
    hello program{folder, {"--shell"}};
    CHECK(program.ready.starts_with("ready "));
    CHECK(program.call("status")["node"] == "tested"); // it serves others meanwhile
    if (is_signal)
      program.child.send_signal(SIGTERM);
    else
      program.child.end_input();
    CHECK(program.child.wait() == 0);
  }
}

TEST_CASE("a wrong command line is refused in the program's name") {
  for (const std::vector<std::string>& wrong :
    {std::vector<std::string>{"--nmae", "x"}, {"--listen", "0.0.0.0:1"}, {"--config", "absent"}}) {
    const test::temporary_folder folder;
    hello program{folder, wrong};
    CHECK(program.ready.empty());
    const auto status = program.child.wait();
    REQUIRE(status);
    CHECK(WEXITSTATUS(*status) == 2);
  }
}

} // namespace
} // namespace aiex
