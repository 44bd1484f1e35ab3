#include "aiex/completion.hpp"
#include "aiex/shell_line.hpp"

#include <doctest/doctest.h>

namespace aiex::tool {
namespace {

using words = std::vector<std::string>;

TEST_CASE("completion: verbs, options, live names") {
  CHECK(complete({"appe"}).words == words{"append"});
  CHECK(complete({"store", "v"}).words == words{"verify"});
  CHECK(complete({"events", "--si"}).words == words{"--since"});
  CHECK(complete({"events", "acc"}).live == names_wanted{"streams", "acc"});
  CHECK(complete({"events", "--type", ""}).live == names_wanted{"types", ""});
  CHECK(complete({"projection", "show", "t"}).live == names_wanted{"projections", "t"});
  CHECK(complete({"session", "show", ""}).live == names_wanted{"sessions", ""});
  CHECK(complete({"groups", "r"}).live == names_wanted{"groups", "r"});
  CHECK(complete({"groups", "--s"}).words == words{"--scope"});
  CHECK(complete({"sys", "b"}).live == names_wanted{"children", "b"});
  CHECK(complete({"sys", "bank", "s"}).words == words{"state", "statistics", "suspend"});
  CHECK(complete({"sys", "bank", "trace", "o"}).words == words{"on", "off"});
  CHECK_FALSE(complete({"events", "--to", "1"}).live);
  CHECK_FALSE(complete({"status", ""}).live);
  CHECK(complete({"status", "--js"}).words == words{"--json"});
  CHECK(complete({"append", "a-1", "--no"}).words == words{"--no-input", "--node"});
  CHECK(complete({"explain", "dup"}).words == words{"duplicate_id"});
  CHECK(complete({"explain", "dup", "dup"}).words.empty());
  CHECK(complete({}).words.empty());
}

TEST_CASE("completion: options for all verbs, wherever they stand") {
  struct row {
    words typed;
    words found;
    std::optional<names_wanted> live;
    std::string node{};
  };
  const names_wanted streams{"streams", ""};
  const std::string other = "127.0.0.1:4200";
  const std::vector<row> rows{
    {{"--json", "appe"}, {"append"}, {}},
    {{"--timeout", "5s", "store", "v"}, {"verify"}, {}},
    {{"store", "--json", "v"}, {"verify"}, {}},
    {{"--js"}, {"--json"}, {}},
    {{"--timeout", ""}, {}, {}},
    {{"status", "--read", "lo"}, {"local"}, {}},
    {{"events", "--json", ""}, {}, streams},
    {{"events", "--timeout", "5s", ""}, {}, streams},
    {{"events", "--timeout=5s", "--nope", ""}, {}, streams},
    {{"--plain", "events", "a-1", ""}, {}, {}},
    {{"append", "a-1", "--expect", "3", "o"}, {}, names_wanted{"types", "o"}},
    {{"append", "a-1", "t", "-", "--ta"}, {"--tag"}, {}},
    {{"--node", other, "events", ""}, {}, streams, other},
    {{"events", "--node=" + other, ""}, {}, streams, other},
    {{"session", "list", "--node", "node2", "--sta"}, {"--status"}, {}}, // its own --node
    {{"session", "list", "--no"}, {"--node", "--no-input"}, {}},
    {{"completion", "z"}, {"zsh"}, {}},
  };
  for (const auto& each : rows) {
    std::string line;
    for (const auto& word : each.typed)
      line += word + " ";
    CAPTURE(line);
    const auto found = complete(each.typed);
    CHECK(found.words == each.found);
    CHECK(found.live == each.live);
    CHECK(found.node == each.node);
  }
}

TEST_CASE("completion: three shells") {
  for (const auto* shell : {"bash", "zsh", "fish"})
    CHECK(completion_script(shell)->find("aiex __complete") != std::string::npos);
  CHECK(completion_script("tcsh").error().code == errc::invalid_argument);
}

TEST_CASE("shell_line: words, quotes, comments") {
  CHECK(
    *split_line("append a-1 t '{\"n\": 1}' # why") == words{"append", "a-1", "t", "{\"n\": 1}"});
  CHECK(*split_line("a \"b \\\" c\" d\\ e ''") == words{"a", "b \" c", "d e", ""});
  CHECK(*split_line("\\watch 2") == words{"\\watch", "2"});
  CHECK(split_line("  \t\n")->empty());
  CHECK(split_line("a 'b").error().code == errc::invalid_argument);
}

} // namespace
} // namespace aiex::tool
