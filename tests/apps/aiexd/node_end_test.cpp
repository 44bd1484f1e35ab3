// How a node's process ends that cannot start, or cannot go on: a last line and an exit status.
#include "support/gateway_answers.hpp"
#include "support/run_program.hpp"
#include "support/running_node.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <fstream>

namespace aiex {
namespace {

using test::finished;
using test::run_program;
using test::running_node;

finished run_node(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), AIEX_AIEXD);
  return run_program(std::move(arguments));
}

std::string last_line(const std::string& text) {
  const std::string lines = text.ends_with('\n') ? text.substr(0, text.size() - 1) : text;
  return lines.substr(lines.rfind('\n') + 1); // npos + 1 is 0
}

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

TEST_CASE("node: wrong usage is 2, before anything is made") {
  const test::temporary_folder folder;
  const std::string data = (folder.path() / "data").string();
  const auto open_address = run_node({"--listen", "0.0.0.0:4100", "--data", data});
  CHECK(open_address.exit == 2);
  CHECK(last_line(open_address.errors).ends_with("[denied]"));
  CHECK(run_node({"--nmae", "x"}).exit == 2);
  const auto checked = run_node({"--check-config", "--data", data});
  CHECK(checked.exit == 0);
  CHECK(checked.output.find("data        " + data + "  (--data)\n") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(data));
}

TEST_CASE("node: a second process on a folder is told which one is the first, 5") {
  const test::temporary_folder folder;
  const auto data = folder.path() / "data";
  const running_node first{data};
  REQUIRE(first.ready.starts_with("ready"));
  const auto second = run_program(running_node::command(AIEX_AIEXD, data, {}));
  CHECK(second.exit == 5);
  CHECK(second.output.empty());
  CHECK_MESSAGE(second.errors.find("open in process ") != std::string::npos, second.errors);
  CHECK(second.errors.ends_with("[in_use]\n"));
  // The same of an address.
  const auto same_place = run_node(
    {"--data", (folder.path() / "other").string(), "--listen", first.address(), "--http", "off"});
  CHECK(same_place.exit == 5);
  CHECK_MESSAGE(same_place.errors.find(first.address()) != std::string::npos, same_place.errors);
}

TEST_CASE("node: a folder of another node's name is refused, 2, and a damaged one, 7") {
  const test::temporary_folder folder;
  const auto data = folder.path() / "data";
  { const running_node made{data}; }
  CHECK(run_node(
          {"--name", "other", "--data", data.string(), "--listen", "127.0.0.1:0", "--http", "off"})
          .exit == 2);
  std::ofstream{data / "identity"} << "format 1\nstore x\n";
  const auto damaged = run_program(running_node::command(AIEX_AIEXD, data, {}));
  CHECK(damaged.exit == 7);
  CHECK(damaged.errors.ends_with("[corrupt]\n"));
}

TEST_CASE("node: a log that was cut short ends the start with a last line, 7, and by no signal") {
  const test::temporary_folder folder;
  const auto data = folder.path() / "data";
  {
    const running_node made{data};
    auto client = made.connected();
    for (int i = 0; i < 20; ++i)
      REQUIRE(client.call("append", R"({"stream":"a-1","type":"x","data":{}})", test::patience));
  }
  std::filesystem::resize_file(data / "log" / "data.mdb", 40'960);
  const auto ended = run_program(running_node::command(AIEX_AIEXD, data, {}));
  CHECK(ended.exit == 7);
  CHECK_MESSAGE(last_line(ended.errors).find("was cut short") != std::string::npos, ended.errors);
  CHECK(ended.errors.ends_with("[corrupt]\n"));
}

TEST_CASE("node: a tree that gives up ends the process, 1, and says so") {
  const test::temporary_folder folder;
  const auto ended =
    run_program(running_node::command(AIEX_FAILING_NODE, folder.path() / "data", {}));
  CHECK(ended.exit == 1);
  CHECK_MESSAGE(last_line(ended.errors).starts_with("failing: the node's tree"), ended.errors);
}

// The shell before it lets no file grow above 200 blocks of 512 bytes.
TEST_CASE("node: a store that cannot write ends the process, 1, and loses nothing acknowledged") {
  const test::temporary_folder folder;
  const auto data = folder.path() / "data";
  const auto errors = folder.path() / "errors";
  std::string command = "ulimit -f 200 && exec 2>" + errors.string() + " && exec";
  for (const auto& word : running_node::command(AIEX_AIEXD, data, {}))
    command += " '" + word + "'";
  std::size_t acknowledged = 0;
  {
    running_node node{{"/bin/sh", "-c", command}};
    REQUIRE_MESSAGE(node.ready.starts_with("ready"), text_of(errors));
    auto client = node.connected();
    const nlohmann::json wish{
      {"stream", "a-1"}, {"type", "x"}, {"data", {{"text", std::string(900, 'x')}}}};
    constexpr std::size_t appends_max = 1'000;
    while (acknowledged < appends_max && client.call("append", wish.dump(), test::patience))
      ++acknowledged;
    CHECK(acknowledged > 0);
    CHECK(acknowledged < appends_max);
    const auto status = node.child.wait();
    REQUIRE(status);
    CHECK(WIFEXITED(*status));
    CHECK(WEXITSTATUS(*status) == 1);
  }
  const auto said = text_of(errors);
  CHECK_MESSAGE(last_line(said).starts_with("aiexd: the store has failed: "), said);
  running_node again{data};
  auto client = again.connected();
  const auto head = test::object(client, "status")["head"].get<std::size_t>();
  CHECK(head >= acknowledged);
  CHECK(head <= acknowledged + 1); // the one whose outcome nobody knows
}

} // namespace
} // namespace aiex
