// The shell on a terminal, typed at: keys, history, completion, Ctrl-C and Ctrl-D. A node runs.
#include "support/run_program.hpp"
#include "support/running_node.hpp"
#include "support/temporary_folder.hpp"
#include "support/terminal_process.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

namespace aiex::tool {
namespace {

using test::run_program;
using test::running_node;
using test::terminal_process;

constexpr const char* prompt = "tested> ";
constexpr const char* ctrl_c = "\x03";
constexpr const char* ctrl_d = "\x04";
constexpr const char* up = "\x1b[A";

struct shell_on_node {
  test::temporary_folder folder;
  running_node node{folder.path() / "data"};

  terminal_process open() const {
    return {{AIEX_AIEX, "shell", node.address()}, folder.path().string()};
  }
  test::finished script(const std::string& lines) const {
    return run_program({AIEX_AIEX, "shell", node.address()}, lines);
  }
};

void check_leaves(terminal_process& shell) {
  shell.type(ctrl_d);
  const auto status = shell.wait();
  REQUIRE(status);
  CHECK(WIFEXITED(*status));
  CHECK(WEXITSTATUS(*status) == 0);
}

TEST_CASE("shell: runs what is typed, remembers it, and leaves at Ctrl-D") {
  const shell_on_node at;
  {
    auto shell = at.open();
    REQUIRE_MESSAGE(shell.shows(prompt), shell.screen());
    shell.type("append a-1 opened '{\"n\": 1}'\n");
    CHECK_MESSAGE(shell.shows("version"), shell.screen());
    CHECK(shell.shows(prompt));
    shell.type("nope\n");
    CHECK_MESSAGE(shell.shows("[invalid_argument]"), shell.screen());
    CHECK(shell.shows(prompt)); // an error does not end it
    check_leaves(shell);
  }
  auto later = at.open();
  REQUIRE(later.shows(prompt));
  later.type(std::string(up) + up + "\n"); // the line before "nope"
  CHECK_MESSAGE(later.shows("version"), later.screen());
  later.shows(prompt);
  check_leaves(later);
  std::ifstream history{at.folder.path() / ".aiex_history"};
  const std::string text{std::istreambuf_iterator<char>{history}, {}};
  CHECK(text.find("append") != std::string::npos);
}

TEST_CASE("shell: the tab key completes a verb, and letters of any language can be typed") {
  const shell_on_node at;
  auto shell = at.open();
  REQUIRE(shell.shows(prompt));
  shell.type("store sta\t\n");
  CHECK_MESSAGE(shell.shows("log_bytes"), shell.screen());
  CHECK(shell.shows(prompt));
  shell.type("st\t");
  CHECK_MESSAGE(shell.shows("state  "), shell.screen()); // several are shown
  shell.type(ctrl_c);
  CHECK(shell.shows(prompt));
  shell.type("append a-1 opened '\"grün\"'\n");
  CHECK(shell.shows("version"));
  CHECK(shell.shows(prompt));
  shell.type("events a-1 --plain\n");
  CHECK_MESSAGE(shell.shows("opened\t\"grün\""), shell.screen());
  check_leaves(shell);
}

TEST_CASE("shell: Ctrl-C throws a line away, or cancels the call, and the shell goes on") {
  const shell_on_node at;
  auto shell = at.open();
  REQUIRE(shell.shows(prompt));
  shell.type("append half-typed");
  CHECK(shell.shows("half-typed"));
  shell.type(ctrl_c);
  CHECK_MESSAGE(shell.shows(prompt), shell.screen());
  shell.type("tail --from 1\n");
  auto client = at.node.connected();
  REQUIRE(client.call("append", R"({"stream":"a-1","type":"seen"})", test::patience));
  CHECK_MESSAGE(shell.shows("seen"), shell.screen()); // it runs
  shell.type(ctrl_c);
  CHECK_MESSAGE(shell.shows("[stopped]"), shell.screen());
  CHECK(shell.shows(prompt));
  shell.type("status --json\n");
  CHECK_MESSAGE(shell.shows("\"head\":1"), shell.screen());
  CHECK(shell.shows(prompt));
  check_leaves(shell);
}

TEST_CASE("shell: \\watch repeats the last line until Ctrl-C") {
  const shell_on_node at;
  auto shell = at.open();
  REQUIRE(shell.shows(prompt));
  shell.type("\\watch 1\n");
  CHECK_MESSAGE(shell.shows("[invalid_argument]"), shell.screen()); // there is none
  shell.type("store stats\n");
  CHECK(shell.shows("log_bytes"));
  shell.type("\\watch 1\n");
  for (int times = 0; times < 2; ++times)
    CHECK_MESSAGE(shell.shows("log_bytes"), shell.screen());
  shell.type(ctrl_c);
  CHECK(shell.shows(prompt));
  check_leaves(shell);
}

TEST_CASE("shell: as of a version, for one line or until now") {
  const shell_on_node at;
  auto shell = at.open();
  REQUIRE(shell.shows(prompt));
  for (const char* type : {"one", "two", "three"}) {
    shell.type(std::string("append a-1 ") + type + "\n");
    CHECK(shell.shows("version"));
  }
  CHECK(shell.shows(prompt));
  shell.type("at 2\n");
  REQUIRE_MESSAGE(shell.shows("tested@2> "), shell.screen());
  shell.type("events a-1 --plain --desc\n");
  CHECK(shell.shows("a-1@2"));
  CHECK(shell.shows("tested@2> "));
  shell.type("at 1 events a-1 --plain --desc\n");
  CHECK(shell.shows("\ta-1@1"));
  shell.type("at now\n");
  CHECK(shell.shows(prompt));
  CHECK(shell.screen().find("a-1@3") == std::string::npos);
  check_leaves(shell);
}

TEST_CASE("shell: the lines of a script are no data, those of -c leave standard input alone") {
  const shell_on_node at;
  for (const std::string line : {"append s t -", "append s --batch -"}) {
    const auto refused = at.script(line + "\n{\"type\":\"t\"}\nstatus\n");
    CHECK(refused.exit == 2);
    CHECK(refused.errors.find("the script itself") != std::string::npos);
    CHECK(refused.output.empty());
  }
  const auto given = run_program(
    {AIEX_AIEX, "shell", at.node.address(), "-c", "append s t -", "-c", "events s --plain"},
    R"({"n":7})");
  CHECK(given.exit == 0);
  CHECK(given.output.find("t\t{\"n\":7}") != std::string::npos);
}

TEST_CASE("shell: what it was given counts for its lines, and none of them goes elsewhere") {
  const shell_on_node at;
  const auto shown = run_program({AIEX_AIEX, "--json", "--no-input", "shell", at.node.address(),
    "-c", "append s t", "-c", "events s", "-c", "restart bus"});
  CHECK(shown.output.find(R"("data":{})") != std::string::npos);
  CHECK(shown.exit == 2); // nobody was asked
  const auto late = run_program({AIEX_AIEX, "--at-least", "9", "--timeout", "50ms", "shell",
    at.node.address(), "-c", "status"});
  CHECK(late.exit == 5);
  const auto elsewhere = at.script("status --node 127.0.0.1:1\n");
  CHECK(elsewhere.exit == 2);
  CHECK(elsewhere.errors.find("node that the shell is on") != std::string::npos);
}

TEST_CASE("shell: Ctrl-D and Ctrl-C end what is typed into a verb, and nothing of later ones") {
  const shell_on_node at;
  auto shell = at.open();
  REQUIRE(shell.shows(prompt));
  for (int times = 0; times < 2; ++times) {
    shell.type("append a-1 opened -\n");
    CHECK(shell.shows("until Ctrl-D"));
    shell.type("{\"n\":1}\n");
    shell.type(ctrl_d);
    CHECK_MESSAGE(shell.shows("version"), shell.screen());
    CHECK(shell.shows(prompt));
  }
  shell.type("append a-1 opened -\n");
  CHECK(shell.shows("until Ctrl-D"));
  shell.type("17\n");
  CHECK(shell.shows("17"));
  shell.type(ctrl_c);
  CHECK_MESSAGE(shell.shows("[stopped]"), shell.screen()); // 17 was not all
  CHECK(shell.shows(prompt));
  shell.type("restart bus\n");
  CHECK(shell.shows("[y/N]"));
  shell.type(ctrl_c);
  CHECK_MESSAGE(shell.shows("not confirmed"), shell.screen());
  CHECK(shell.shows(prompt));
  shell.type("restart bus\n");
  CHECK(shell.shows("[y/N]"));
  shell.type("y\n");
  CHECK_MESSAGE(shell.shows("restarted"), shell.screen());
  CHECK(shell.shows(prompt));
  shell.type("status --json\n");
  CHECK_MESSAGE(shell.shows("\"head\":2"), shell.screen());
  check_leaves(shell);
}

TEST_CASE("shell: a script ends at its first error, or at \\quit, and says how long each took") {
  const shell_on_node at;
  const auto timed = at.script("\\timing\nappend a-1 t\n\\timing\nstatus\n");
  CHECK(timed.exit == 0);
  CHECK(timed.errors.starts_with("timing is on\n"));
  CHECK(timed.errors.find(" ms\ntiming is off\n") != std::string::npos);
  const auto left = at.script("\\quit\nappend a-1 t\n");
  CHECK(left.exit == 0);
  CHECK(left.output.empty());
  const auto refused = at.script("no_such_verb\nappend a-1 t\n");
  CHECK(refused.exit == 2);
  CHECK(refused.errors.find("no_such_verb") != std::string::npos);
  CHECK(refused.output.empty());
  CHECK(at.script("shell\n").exit == 2);
  CHECK(at.script("\\help\n").output.find("at VERSION") != std::string::npos);
}

} // namespace
} // namespace aiex::tool
