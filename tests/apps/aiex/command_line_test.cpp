// Tests command_line.cpp, make_request.cpp and verb.cpp: from words to what is sent.
#include "aiex/command_line.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <set>

namespace aiex::tool {
namespace {

result<std::string> no_input(const std::string& file) {
  return fail(errc::not_found, "cannot read " + file);
}

result<request> sent_for(const std::vector<std::string>& words, const read_text& read = no_input) {
  const auto wish = parse_command_line(words);
  if (!wish)
    return tl::unexpected(wish.error());
  return make_request(*wish, read);
}

using words = std::vector<std::string>;

TEST_CASE("command_line: what is sent for what is typed") {
  struct row {
    words typed;
    std::string verb;
    std::string arguments;
  };
  const std::vector<row> rows{
    {{"append", "a-1", "t", "{\"n\": 1.0}"}, "append",
      R"({"stream":"a-1","type":"t","data":{"n": 1.0}})"},
    {{"append", "a-1", "t"}, "append", R"({"stream":"a-1","type":"t","data":{}})"},
    {{"append", "a-1", "t", "1", "--expect", "7", "--tag", "x", "--tag", "y", "--metadata", "{}"},
      "append",
      R"({"stream":"a-1","type":"t","data":1,"expect":7,"metadata":{},"tags":["x","y"]})"},
    {{"append", "a-1", "t", "12345678901234567890123"}, "append",
      R"({"stream":"a-1","type":"t","data":12345678901234567890123})"},
    {{"append", "a-1", "t", "--expect", "none"}, "append",
      R"({"stream":"a-1","type":"t","expect":"none","data":{}})"},
    {{"publish", R"({"type":"t"})"}, "publish", R"({"event":{"type":"t"}})"},
    {{"events"}, "events", "{}"},
    {{"events", "a-1", "--since", "-1h", "--limit", "5", "--desc"}, "events",
      R"({"stream":"a-1","since":"-1h","limit":5,"desc":true})"},
    {{"tail", "--type", "t", "--from", "3"}, "tail", R"({"types":["t"],"from":3})"},
    {{"store", "stats"}, "store_stats", "{}"},
    {{"store", "backup", "/b", "--level", "9"}, "store_backup", R"({"file":"/b","level":9})"},
    {{"state", "account", "42", "--at", "3"}, "state",
      R"({"category":"account","id":"42","at":3})"},
    {{"dispatch", "account", "42", "open", "{}", "--id", "u", "--dry-run"}, "dispatch",
      R"({"category":"account","id":"42","command":"open","data":{},)"
      R"("command_id":"u","dry_run":true})"},
    {{"projection", "show", "totals"}, "projection_show", R"({"name":"totals"})"},
    {{"session", "create", "--user", "ada", "--path", "/p"}, "session_create",
      R"({"user_id":"ada","project_path":"/p"})"},
    {{"session", "close", "i", "--id", "u"}, "session_close", R"({"id":"i","command_id":"u"})"},
    {{"session", "archive", "i", "--id", "u"}, "session_archive", R"({"id":"i","command_id":"u"})"},
    {{"session", "list", "--node", "node2"}, "session_list", R"({"node":"node2"})"},
    {{"restart", "bus", "--yes"}, "restart", R"({"child":"bus"})"},
    {{"names", "streams", "--prefix", "\"\n"}, "names", R"({"kind":"streams","prefix":"\"\n"})"},
    {{"why", "[a]"}, "why", R"({"child":"[a]"})"},
  };
  for (const auto& each : rows) {
    CAPTURE(each.arguments);
    const auto sent = sent_for(each.typed);
    REQUIRE_MESSAGE(sent, (sent ? "" : sent.error().message));
    CHECK(*sent == request{each.verb, each.arguments});
  }
}

TEST_CASE("command_line: what is wrong is refused by name") {
  struct row {
    words typed;
    errc code;
  };
  const std::vector<row> rows{
    {{}, errc::invalid_argument},
    {{"appendix"}, errc::invalid_argument},
    {{"store"}, errc::invalid_argument},
    {{"status", "--colour"}, errc::invalid_argument},
    {{"status", "more"}, errc::invalid_argument},
    {{"status", "--json", "--plain"}, errc::invalid_argument},
    {{"status", "--timeout", "5"}, errc::invalid_argument},
    {{"status", "--timeout", "2d"}, errc::invalid_argument},
    {{"status", "--node", "here"}, errc::invalid_argument},
    {{"state", "account"}, errc::invalid_argument},
    {{"append", "a-1"}, errc::missing_required_fields},
    {{"append", "a-1", "t", "{"}, errc::invalid_data},
    {{"append", "a-1", "t", "--expect", "-1"}, errc::invalid_argument},
    {{"append", "a-1", "\xff"}, errc::invalid_argument},
    {{"append", "a-1", "t", "--batch", "f"}, errc::invalid_argument},
    {{"append", "a-1", "--batch", "f"}, errc::not_found},
    {{"events", "--limit", "many"}, errc::invalid_argument},
  };
  for (const auto& each : rows) {
    const auto sent = sent_for(each.typed);
    CAPTURE(each.typed.empty() ? "" : each.typed.back());
    REQUIRE_FALSE(sent);
    CHECK(sent.error().code == each.code);
  }
}

TEST_CASE("command_line: a batch is a list of the lines of a file") {
  const auto file = [](std::string text) {
    return [text](const std::string&) -> result<std::string> { return text; };
  };
  const words typed{"append", "a-1", "--batch", "-", "--expect", "2"};
  const auto sent = sent_for(typed, file("{\"type\":\"t\"}\n\n {\"type\":\"u\"}\r\n"));
  REQUIRE(sent);
  CHECK(sent->verb == "append_batch");
  CHECK(
    nlohmann::json::parse(sent->arguments) ==
    nlohmann::json::parse(R"({"stream":"a-1","expect":2,"events":[{"type":"t"},{"type":"u"}]})"));
  const auto broken = sent_for(typed, file("{\"type\":\"t\"}\n[1]\n"));
  REQUIRE_FALSE(broken);
  CHECK(broken.error().message == "line 2 of the batch is no JSON object");
  CHECK(sent_for(typed, file("\n")).error().code == errc::missing_required_fields);
}

TEST_CASE("command_line: data may come from standard input") {
  const auto sent = sent_for({"append", "a-1", "t", "-"},
    [](const std::string& file) -> result<std::string> { return file == "-" ? "[2]\n" : ""; });
  REQUIRE(sent);
  CHECK(nlohmann::json::parse(sent->arguments)["data"] == nlohmann::json::parse("[2]"));
}

TEST_CASE("command_line: options for all verbs may stand anywhere") {
  const auto plain = parse_command_line({"status"}, {.node = "127.0.0.1:4200"});
  REQUIRE(plain);
  CHECK(plain->node == endpoint{"127.0.0.1", 4200});
  CHECK(plain->timeout == std::chrono::seconds{5});
  CHECK(plain->shown == output::people);
  const auto told =
    parse_command_line({"--json", "status", "--node", "127.0.0.1:4300", "--timeout", "250ms"},
      {.node = "127.0.0.1:4200"});
  REQUIRE(told);
  CHECK(told->node == endpoint{"127.0.0.1", 4300});
  CHECK(told->timeout == std::chrono::milliseconds{250});
  CHECK(told->shown == output::json);
}

TEST_CASE("command_line: what a shell was given counts on its lines, unless they say otherwise") {
  const auto shell = parse_command_line({"--json", "shell", "--timeout", "9s", "--no-input",
    "--at-least", "3", "--node", "127.0.0.1:4300"});
  REQUIRE(shell);
  const auto line = parse_command_line({"status"}, shell->otherwise);
  REQUIRE(line);
  CHECK(line->shown == output::json);
  CHECK(line->timeout == std::chrono::seconds{9});
  CHECK(line->never_asks);
  CHECK(line->at_least == 3);
  CHECK(line->node == endpoint{"127.0.0.1", 4300});
  CHECK(line->said.empty());
  const auto own = parse_command_line(
    {"status", "--plain", "--timeout", "1s", "--at-least", "4"}, shell->otherwise);
  REQUIRE(own);
  CHECK(own->shown == output::plain);
  CHECK(own->timeout == std::chrono::seconds{1});
  CHECK(own->at_least == 4);
}

TEST_CASE("command_line: a certificate is used with its key and the authority, or not at all") {
  const auto all = parse_command_line({"status", "--cert", "c", "--key=k"}, {.authority = "a"});
  REQUIRE(all);
  CHECK(all->certificates == tls_files{"c", "k", "a", {}});
  CHECK_FALSE(parse_command_line({"status"})->certificates);
  for (const words& typed :
    {words{"status", "--cert", "f"}, {"--key=f", "--ca=f", "status"}, {"status", "--ca", "f"}}) {
    const auto refused = parse_command_line(typed);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::missing_required_fields);
    CHECK(refused.error().message.find("is not given") != std::string::npos);
  }
  CHECK(parse_command_line({"status", "--cert=c", "--key=k", "--ca=a", "--crl", "r"})
          ->certificates->revocations == "r");
  // A shell's lines have what the shell has.
  const auto shell = parse_command_line({"shell", "--cert", "c", "--key", "k", "--ca", "a"});
  REQUIRE(shell);
  CHECK(parse_command_line({"status"}, shell->otherwise)->certificates == shell->certificates);
}

TEST_CASE("command_line: options that mean nothing where they stand are refused") {
  const auto checked = [](const words& typed, bool is_in_shell) {
    const auto wish = parse_command_line(typed);
    REQUIRE(wish);
    return check_options(*wish, is_in_shell);
  };
  struct row {
    words typed;
    bool is_right_outside;
    bool is_right_in_shell;
  };
  const std::vector<row> rows{
    {{"status", "--node", "127.0.0.1:4300"}, true, false},
    {{"status", "--timeout", "1s", "--json", "--at-least", "3"}, true, true},
    {{"session", "list", "--node", "node2"}, true, true}, // an option of its own
    {{"explain", "--json"}, true, true},
    {{"explain", "--timeout", "1s"}, false, false},
    {{"completion", "bash", "--node", "127.0.0.1:4300"}, false, false},
    {{"store", "stats", "--at-least", "3"}, true, true},
    {{"store", "stats", "--data", "d", "--at-least", "3"}, false, false},
    {{"store", "restore", "f", "--data", "d", "--read", "local"}, false, false},
    {{"--node", "127.0.0.1:4300", "shell"}, true, false},
    {{"--node", "127.0.0.1:4300", "shell", "127.0.0.1:4200"}, false, false},
  };
  for (const auto& each : rows) {
    CAPTURE(each.typed.front());
    CAPTURE(each.typed.back());
    CHECK(checked(each.typed, false).has_value() == each.is_right_outside);
    CHECK(checked(each.typed, true).has_value() == each.is_right_in_shell);
  }
}

TEST_CASE("verb: each has words of its own, and help that begins with an example") {
  std::set<std::string_view> seen;
  for (const auto& row : verbs()) {
    CAPTURE(row.words);
    CHECK(seen.insert(row.words).second);
    REQUIRE_FALSE(row.examples.empty());
    CHECK(help_of(row).starts_with("  " + std::string(row.examples.front())));
    words typed;
    std::string_view rest = row.words;
    while (!rest.empty()) {
      typed.emplace_back(rest.substr(0, rest.find(' ')));
      rest.remove_prefix(std::min(typed.back().size() + 1, rest.size()));
    }
    typed.emplace_back("--help");
    const auto asked = parse_command_line(typed);
    REQUIRE(asked);
    CHECK(asked->help == help_of(row));
  }
  CHECK(help_of(*find_verb("append")).find("none, any or exists") != std::string::npos);
  CHECK(help_of(*find_verb("dispatch")).find("exists") == std::string::npos); // is no version
  CHECK(find_verb("store stats") != nullptr);
  CHECK(find_verb("stats") == nullptr);
}

/// The verbs that a cell of a table names, as `aiex VERB …`. Their words are small letters.
std::vector<std::string> verbs_in(const std::string& cell) {
  std::vector<std::string> found;
  const std::string mark = "`aiex ";
  for (auto at = cell.find(mark); at != std::string::npos; at = cell.find(mark, at)) {
    at += mark.size();
    const auto end = cell.find_first_not_of("abcdefghijklmnopqrstuvwxyz ", at);
    found.push_back(cell.substr(at, end - at));
  }
  return found;
}

bool is_verb(const std::string& typed) {
  const auto first = typed.substr(0, typed.find(' '));
  const auto end = typed.find(' ', first.size() + 1);
  return find_verb(first) != nullptr || find_verb(typed.substr(0, end)) != nullptr;
}

TEST_CASE("verb: the guide's table names verbs as there that are there, and no others") {
  std::ifstream guide{AIEX_GUIDE};
  std::size_t checked = 0;
  for (std::string line; std::getline(guide, line);) {
    std::vector<std::string> cells;
    for (std::size_t at = line.find('|'); at != std::string::npos && at + 1 < line.size();) {
      auto end = line.find('|', at + 1);
      while (end != std::string::npos && line[end - 1] == '\\')
        end = line.find('|', end + 1);
      cells.push_back(line.substr(at + 1, end - at - 1));
      at = end;
    }
    if (cells.size() != 5) // guide, library, command, later, there?
      continue;
    CAPTURE(line);
    for (const auto& each : verbs_in(cells[2]))
      CHECK_MESSAGE(is_verb(each), each);
    for (const auto& each : verbs_in(cells[3]))
      CHECK_MESSAGE(!is_verb(each), each);
    if (cells[4] == " begun ")
      CHECK_FALSE(verbs_in(cells[2]).empty());
    checked += verbs_in(cells[2]).size();
  }
  CHECK(checked > 10);
}

} // namespace
} // namespace aiex::tool
