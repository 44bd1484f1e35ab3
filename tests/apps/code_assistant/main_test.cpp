// The program as a user has it: in a terminal, and without one.
#include "support/run_program.hpp"
#include "support/running_node.hpp"
#include "support/temporary_folder.hpp"
#include "support/terminal_process.hpp"

#include <doctest/doctest.h>

#include <fstream>

namespace aiex::code_assistant {
namespace {

struct assistant_folder {
  test::temporary_folder folder;
  std::filesystem::path tree = folder.sub("tree");
  std::vector<std::string> command{
    AIEX_CODE_ASSISTANT, "--data", (folder.path() / "data").string(), tree.string()};

  assistant_folder() { std::ofstream{tree / "a.cpp"} << "int f() { return 1; }\n"; }
};

TEST_CASE_FIXTURE(
  assistant_folder, "code_assistant: on a terminal the node goes on, with a shell") {
  test::terminal_process program{command, folder.path().string()};
  CHECK(program.shows("1 analysed, 0 unchanged"));
  CHECK(program.shows("1 sessions, 0 of them active, 1 completed analyses"));
  CHECK(program.shows("node1> "));
  program.type("projection show session_summary\n");
  CHECK(program.shows("completed_analyses"));
  CHECK(program.shows("node1> "));
  program.type("projection show dependencies\n");
  CHECK(program.shows("most_included"));
  CHECK(program.shows("node1> "));
  program.type("session list --json\n");
  CHECK(program.shows(R"("interface":"code_assistant","status":"closed")"));
  CHECK(program.shows("node1> "));
  program.type("tree\n");
  CHECK(program.shows("aggregates/session"));
  CHECK(program.shows("node1> "));
  program.type("\x04");
  CHECK(program.wait() == 0);
}

TEST_CASE_FIXTURE(assistant_folder, "code_assistant: without a terminal it prints and stops") {
  const auto first = test::run_program(command);
  CHECK(first.exit == 0);
  CHECK(first.output.find("1 analysed, 0 unchanged") != std::string::npos);
  CHECK(first.errors.empty());
  const auto second = test::run_program(command);
  CHECK(second.exit == 0);
  CHECK(second.output.find("0 analysed, 1 unchanged") != std::string::npos);
  CHECK(second.output.find("2 sessions, 0 of them active") != std::string::npos);
}

TEST_CASE_FIXTURE(assistant_folder, "code_assistant: on a cluster, and each node has all events") {
  command.insert(command.begin() + 1, {"--nodes", "3"});
  const auto first = test::run_program(command);
  CHECK(first.exit == 0);
  CHECK(first.output.find("1 analysed, 0 unchanged") != std::string::npos);
  CHECK(first.output.find("cluster: 3 nodes, each with all ") != std::string::npos);
  CHECK(first.output.find("  leads\n") != std::string::npos);
  const auto second = test::run_program(command); // on the same three folders
  CHECK(second.exit == 0);
  CHECK(second.output.find("0 analysed, 1 unchanged") != std::string::npos);
  CHECK(second.output.find("2 sessions, 0 of them active") != std::string::npos);
}

TEST_CASE_FIXTURE(assistant_folder, "code_assistant: Ctrl-C ends an analysis in order, with 130") {
  constexpr int files = 4'000; // more than it reads before it is told
  for (int i = 0; i < files; ++i)
    std::ofstream{tree / ("f" + std::to_string(i) + ".cpp")} << "int f() { return 1; }\n";
  test::terminal_process program{command, folder.path().string()};
  REQUIRE(program.shows(" of 4001")); // the bar
  program.type("\x03");
  const auto status = program.wait();
  REQUIRE(status);
  CHECK(WEXITSTATUS(*status) == 130);
  CHECK(program.screen().find("[stopped]") != std::string::npos);
  const auto later = test::run_program(command);
  CHECK(later.exit == 0);
  CHECK(later.output.find("0 of them active") != std::string::npos);
}

TEST_CASE_FIXTURE(
  assistant_folder, "code_assistant: what it cannot do it says, and records nothing") {
  const auto unknown = test::run_program({AIEX_CODE_ASSISTANT, "--dta", "x"});
  CHECK(unknown.exit == 2);
  CHECK(unknown.errors.find("unknown option '--dta'") != std::string::npos);
  {
    test::child_process holds{test::running_node::command(AIEX_AIEXD, folder.path() / "data", {})};
    CHECK(holds.read_line().starts_with("ready"));
    const auto in_use = test::run_program(command);
    CHECK(in_use.exit == 5);
    CHECK(in_use.errors.find("[in_use]") != std::string::npos);
  }
  std::filesystem::remove_all(folder.path() / "data");
  command.back() = (folder.path() / "nowhere").string();
  const auto absent = test::run_program(command);
  CHECK(absent.exit == 1);
  CHECK(absent.errors.find("nowhere") != std::string::npos);
  CHECK(absent.output.empty());
}

} // namespace
} // namespace aiex::code_assistant
