// A node whose workers are all taken by handlers that never return: it goes on, says who it is, and
// can be stopped.
#include "aiex/persistence/store/data_folder.hpp"

#include "support/gateway_answers.hpp"
#include "support/run_program.hpp"
#include "support/running_node.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

namespace aiex {
namespace {

using nlohmann::json;
using test::answered;
using test::lines_of;
using test::object;

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// A stuck_node whose errors go into a file.
struct stuck_node {
  test::temporary_folder folder;
  std::filesystem::path data = folder.path() / "data";
  std::filesystem::path errors = folder.path() / "errors";
  test::running_node node;

  explicit stuck_node(const std::vector<std::string>& more = {}) : node(command(more)) {}

  std::vector<std::string> command(const std::vector<std::string>& more) const {
    std::string line = "exec \"$0\" \"$@\" 2> '" + errors.string() + "'";
    std::vector<std::string> words{"/bin/sh", "-c", line};
    for (const std::string& each : test::running_node::command(AIEX_STUCK_NODE, data, more))
      words.push_back(each);
    return words;
  }

  /// How many it has named on its end.
  std::size_t left_behind() const {
    const std::string said = text_of(errors);
    std::size_t count = 0;
    for (unsigned i = 1; i <= all(); ++i)
      count += said.find("left behind: aiexd/bank/" + stuck_one(i) +
                         " has not returned from its handler of ") != std::string::npos
                 ? 1
                 : 0;
    return count;
  }

  static std::string stuck_one(unsigned number) { return "stuck-" + std::to_string(number); }
  /// The first that the ledger has of each, once it has it.
  std::vector<json> wait_until_all_are_stuck(gateway_client& client) const {
    REQUIRE_MESSAGE(node.ready.starts_with("ready"), text_of(errors));
    std::vector<json> first;
    for (unsigned i = 1; i <= all(); ++i) {
      std::vector<json> seen;
      REQUIRE(test::eventually([&] {
        seen = lines_of(answered(client, "why", {{"child", stuck_one(i)}}));
        return !seen.empty();
      }));
      first.push_back(seen[0]);
    }
    return first;
  }

  static unsigned all() { return std::max(10U, std::thread::hardware_concurrency() + 2); }
};

TEST_CASE_FIXTURE(
  stuck_node, "node: it goes on when all its workers are blocked, and tells by whom") {
  auto client = node.connected();
  unsigned number = 0;
  for (const json& each : wait_until_all_are_stuck(client)) {
    CHECK(each["child"] == "aiexd/bank/" + stuck_one(++number));
    CHECK(each["what"] == "stuck");
    CHECK(each["last_message"].get<std::string>().ends_with("go_on"));
    CHECK(each["handler_ms"] >= 100);
    CHECK(each["handler_since"] < each["at"]);
  }
  CHECK(object(client, "append", {{"stream", "a-1"}, {"type", "seen"}})["version"] == 1);
  CHECK(object(client, "status")["health"] == "single_node");
  CHECK(object(client, "restart", {{"child", "idle"}})["restarted"] == true);
  CHECK(object(client, "restart", {{"child", stuck_one(1)}})["restarted"] == true);
  CHECK(object(client, "append", {{"stream", "a-1"}, {"type", "seen"}})["version"] == 2);
  CHECK(
    text_of(errors).find("stuck: aiexd/bank/stuck-1: its handler runs for ") != std::string::npos);
}

TEST_CASE_FIXTURE(stuck_node, "node: SIGTERM ends it in order although handlers never return") {
  {
    auto client = node.connected();
    wait_until_all_are_stuck(client);
    CHECK(object(client, "append", {{"stream", "a-1"}, {"type", "seen"}})["version"] == 1);
  }
  node.child.send_signal(SIGTERM);
  const auto status = node.child.wait();
  REQUIRE(status);
  CHECK_MESSAGE(WIFEXITED(*status), text_of(errors));
  CHECK(WEXITSTATUS(*status) == 0);
  CHECK_MESSAGE(left_behind() == all(), text_of(errors));
  const auto verified = test::run_program({AIEX_AIEX, "store", "verify", "--data", data.string()});
  CHECK_MESSAGE(verified.exit == 0, verified.errors);
  CHECK(data_folder::is_state_trusted(data, "of another boot")); // it was closed cleanly
}

TEST_CASE("node: so does SIGTERM one with a shell, and it names them too") {
  stuck_node stuck{{"--shell"}};
  {
    auto client = stuck.node.connected();
    stuck.wait_until_all_are_stuck(client);
  }
  stuck.node.child.send_signal(SIGTERM);
  const auto status = stuck.node.child.wait();
  REQUIRE(status);
  CHECK_MESSAGE(WIFEXITED(*status), text_of(stuck.errors));
  CHECK(WEXITSTATUS(*status) == 0);
  CHECK_MESSAGE(stuck.left_behind() == stuck_node::all(), text_of(stuck.errors));
}

} // namespace
} // namespace aiex
