// A program of a user, the one of the README, in a process of its own.
#include "support/gateway_answers.hpp"
#include "support/run_program.hpp"
#include "support/running_node.hpp"
#include "support/temporary_folder.hpp"
#include "support/terminal_process.hpp"

#include <sys/wait.h>

#include <csignal>

namespace aiex {
namespace {

using nlohmann::json;
using test::object;

/// The program on a folder.
struct hello : test::running_node {
  explicit hello(const test::temporary_folder& folder, const std::vector<std::string>& more = {})
      : running_node(folder.path() / "data", AIEX_HELLO, more) {}
};

TEST_CASE("a user's program is a node with the user's tree in it") {
  const test::temporary_folder folder;
  hello program{folder};
  CHECK(program.ready.starts_with("ready name=tested listen=127.0.0.1:"));
  auto client = program.connected();
  const json tree = object(client, "tree");
  CHECK(tree["id"] == "aiexd");
  std::vector<std::string> children;
  for (const json& child : tree["children"])
    children.push_back(child["id"]);
  CHECK(std::count(children.begin(), children.end(), "bank") == 1);
  program.child.send_signal(SIGTERM);
  CHECK(program.child.wait() == 0);
}

TEST_CASE("the examples of why, restart and sys name a child of the README's program") {
  const test::temporary_folder folder;
  const hello program{folder};
  const auto run = [&](const std::vector<std::string>& words) {
    std::vector<std::string> command{AIEX_AIEX, "--node", program.address()};
    command.insert(command.end(), words.begin(), words.end());
    return test::run_program(command);
  };
  CHECK(run({"restart", "bank/totals", "--yes"}).exit == 0);
  const auto why = run({"why", "bank/totals"});
  CHECK(why.exit == 0);
  CHECK(why.output.empty());
  CHECK(why.errors == "nothing: it has not crashed\n");
  CHECK(run({"sys", "bank/totals", "state"}).output.find("running") != std::string::npos);
  for (const char* verb : {"why", "restart", "sys"})
    CHECK(run({verb, "--help"}).output.find(std::string{"aiex "} + verb + " bank/totals") !=
          std::string::npos);
}

TEST_CASE("the shop of docs/actors.md: its till crashes, is started again, and why says so") {
  const test::temporary_folder folder;
  test::running_node shop{folder.path() / "data", AIEX_SHOP};
  auto client = shop.connected();
  const auto crashes = [&] {
    return test::lines_of(test::answered(client, "why", {{"child", "shop/till"}}));
  };
  std::vector<json> seen;
  REQUIRE(test::eventually([&] {
    seen = crashes();
    return !seen.empty();
  }));
  const json& crash = seen.front();
  CHECK(crash["reason"].get<std::string>().find("a coin of -1 cents") != std::string::npos);
  const auto members = test::lines_of(test::answered(client, "groups", {{"name", "clerks"}}));
  REQUIRE(members.size() == 1);
  CHECK(members.front()["path"] == "aiexd/shop/clerk");
  shop.child.send_signal(SIGTERM);
  CHECK(shop.child.wait() == 0);
}

TEST_CASE("--shell: leaving the shell, or SIGTERM, stops the node") {
  for (const bool is_signal : {false, true}) {
    CAPTURE(is_signal);
    const test::temporary_folder folder;
    hello program{folder, {"--shell"}};
    CHECK(program.ready.starts_with("ready "));
    auto client = program.connected(); // it serves others meanwhile
    CHECK(object(client, "status")["node"] == "tested");
    if (is_signal)
      program.child.send_signal(SIGTERM);
    else
      program.child.end_input();
    CHECK(program.child.wait() == 0);
  }
}

TEST_CASE("--shell: SIGTERM while a line is typed leaves the terminal as it was") {
  const test::temporary_folder folder;
  test::terminal_process program{
    test::running_node::command(AIEX_HELLO, folder.path() / "data", {"--shell"}),
    folder.path().string()};
  REQUIRE(program.is_as_shells_want_it());
  REQUIRE(program.shows("tested> "));
  CHECK(test::eventually([&] { return !program.is_as_shells_want_it(); }));
  program.send_signal(SIGTERM);
  CHECK(program.wait() == 0);
  CHECK(program.is_as_shells_want_it());
}

TEST_CASE("a wrong command line is refused in the program's name") {
  for (const std::vector<std::string>& wrong : {std::vector<std::string>{"--nmae", "x"},
         {"--listen", "0.0.0.0:1"}, {"--config", "absent"}, {"--config", "/"}}) {
    const test::temporary_folder folder;
    hello program{folder, wrong};
    CHECK(program.ready.empty());
    const auto status = program.child.wait();
    REQUIRE(status);
    CHECK(WEXITSTATUS(*status) == 2);
  }
}

TEST_CASE("a configuration that is there and cannot be read is not passed over") {
  const test::temporary_folder folder;
  std::filesystem::create_directory(folder.path() / "aiex.toml"); // no file
  const auto refused = test::run_program({"/bin/sh", "-c",
    "cd " + folder.path().string() + " && exec " + AIEX_HELLO + " --check-config"});
  CHECK(refused.exit == 2);
  CHECK(refused.errors.find("aiex.toml: Is a directory") != std::string::npos);
  std::filesystem::remove(folder.path() / "aiex.toml");
  const auto none = test::run_program({"/bin/sh", "-c",
    "cd " + folder.path().string() + " && exec " + AIEX_HELLO + " --check-config"});
  CHECK(none.exit == 0);
}

} // namespace
} // namespace aiex
