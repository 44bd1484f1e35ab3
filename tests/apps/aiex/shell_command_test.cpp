#include "aiex/shell_command.hpp"

#include <doctest/doctest.h>

namespace aiex::tool {
namespace {

using words = std::vector<std::string>;
using kind = shell_command::kind;
using namespace std::chrono_literals;

TEST_CASE("shell_command: what a line asks for") {
  struct row {
    std::string line;
    shell_command command;
  };
  const row rows[] = {
    {"", {}},
    {"  # a comment", {}},
    {"status", {kind::verb, {"status"}}},
    {"append a-1 t '{\"n\": 1}' # why", {kind::verb, {"append", "a-1", "t", "{\"n\": 1}"}}},
    {"\\q", {kind::quit}},
    {"\\quit", {kind::quit}},
    {" \\help", {kind::help}},
    {"\\?", {kind::help}},
    {"\\timing", {kind::timing}},
    {"\\watch", {.what = kind::watch, .every = 2s}},
    {"\\watch 3600", {.what = kind::watch, .every = 3600s}},
    {"at 3", {.what = kind::at, .version = 3}},
    {"at now", {kind::at}},
    {"at 3 state account 42",
      {.what = kind::verb, .words = {"state", "account", "42"}, .version = 3}},
  };
  for (const auto& each : rows) {
    CAPTURE(each.line);
    const auto read = read_shell_command(each.line);
    REQUIRE_MESSAGE(read, (read ? "" : read.error().message));
    CHECK(*read == each.command);
  }
}

TEST_CASE("shell_command: what is wrong is refused by name") {
  for (const std::string line :
    {"\\nope", "\\quit now", "\\watch 0", "\\watch 3601", "\\watch x", "\\watch 1 2", "at", "at 0",
      "at -1", "at then", "at 3 status", "at 3 events", "at 3 state account", "append 'a-1"}) {
    CAPTURE(line);
    const auto read = read_shell_command(line);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == errc::invalid_argument);
    CHECK_FALSE(read.error().message.empty());
  }
}

TEST_CASE("shell_command: as of a version, where there are versions") {
  CHECK(as_of({"state", "account", "42"}, 3) == words{"state", "account", "42", "--at", "3"});
  CHECK(as_of({"--json", "events", "a-1"}, 3) == words{"--json", "events", "a-1", "--to", "3"});
  const words own{"state", "account", "42", "--at", "7"};
  CHECK(as_of(own, 3) == own);
  CHECK_FALSE(as_of({"events"}, 3)); // of all streams
  CHECK_FALSE(as_of({"status"}, 3));
  CHECK_FALSE(as_of({"nope"}, 3));
  CHECK_FALSE(as_of({}, 3));
}

} // namespace
} // namespace aiex::tool
