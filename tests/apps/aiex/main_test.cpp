// The programs as a user has them: `aiex` run on a real node, what it prints, how it exits.
#include "support/run_program.hpp"
#include "support/running_node.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>

namespace aiex::tool {
namespace {

using nlohmann::json;
using test::finished;
using test::run_program;
using test::running_node;
using words = std::vector<std::string>;

const std::string first_id = "01932c4e-0000-7000-8000-000000000001";

/// `aiex` on a node that can be killed and started again.
struct tool_on_node {
  test::temporary_folder folder;
  std::filesystem::path data = folder.path() / "data";
  std::optional<running_node> node{std::in_place, data};

  finished run(words typed, const std::string& input = {}) const {
    typed.insert(typed.begin(), {AIEX_AIEX, "--node", node->address()});
    return run_program(std::move(typed), input);
  }
  json object(words typed) const {
    typed.insert(typed.begin(), "--json");
    const auto done = run(typed);
    REQUIRE_MESSAGE(done.exit == 0, done.errors);
    CHECK(done.errors.empty());
    return json::parse(done.output);
  }
  void kill() {
    node->child.send_signal(SIGKILL);
    CHECK(node->child.wait());
  }
  void start_again() { node.emplace(data); }
};

finished run_without_node(words typed) {
  typed.insert(typed.begin(), AIEX_AIEX);
  return run_program(std::move(typed));
}

std::vector<json> lines_of(const std::string& text) {
  std::vector<json> lines;
  std::istringstream in{text};
  for (std::string line; std::getline(in, line);)
    lines.push_back(json::parse(line));
  return lines;
}

/// Nothing on standard output, one line on the other, with what it must name.
void check_refused(const finished& done, int exit, const words& named) {
  CAPTURE(done.errors);
  CHECK(done.exit == exit);
  CHECK(done.output.empty());
  CHECK(done.errors.starts_with("error: "));
  CHECK(done.errors.find('\n') == done.errors.size() - 1);
  for (const auto& each : named)
    CHECK_MESSAGE(done.errors.find(each) != std::string::npos, each);
}

/// Turns over a bit of each place where `text` stands in a file. Answers how many there were.
int damage(const std::filesystem::path& file, const std::string& text) {
  std::fstream opened{file, std::ios::in | std::ios::out | std::ios::binary};
  const std::string all{std::istreambuf_iterator<char>{opened}, {}};
  int count = 0;
  for (auto at = all.find(text); at != std::string::npos; at = all.find(text, at + 1)) {
    opened.seekp(static_cast<std::streamoff>(at));
    opened.put(static_cast<char>(all[at] ^ 1));
    ++count;
  }
  return count;
}

TEST_CASE("aiex: an append with an id happens once, and a conflict exits 4") {
  const tool_on_node tool;
  const words append{"append", "account-1", "opened", R"({"owner":"ann"})", "--id", first_id};
  words to_new_stream = append;
  to_new_stream.insert(to_new_stream.end(), {"--expect", "none"});
  const json first = tool.object(to_new_stream);
  CHECK(first["version"] == 1);
  CHECK(first["id"] == first_id);
  CHECK_FALSE(first.contains("repeated"));
  json repeated = tool.object(to_new_stream);
  CHECK(repeated["repeated"] == true);
  repeated.erase("repeated");
  CHECK(repeated == first);

  words other = append;
  other[3] = R"({"owner":"bob"})";
  check_refused(tool.run(other), 4, {"[duplicate_id]"});
  check_refused(tool.run({"append", "account-1", "moved", "--expect", "7"}), 4,
    {"expected version 7", "at 1", "[wrong_expected_version]"});
  CHECK(lines_of(tool.run({"--json", "events"}).output).size() == 1);
}

TEST_CASE("aiex: usage is 2, no such stream an empty list, no node 5") {
  const tool_on_node tool;
  check_refused(tool.run({"status", "--colour"}), 2, {"--colour", "[invalid_argument]"});
  check_refused(tool.run({"append", "a-1", "t", "{"}), 2, {"[invalid_data]"});
  check_refused(tool.run({"append", "a-1", "t", "--id", "7"}), 2, {"[invalid_id]"});
  check_refused(tool.run({"publish", "{}"}), 2, {"[missing_required_fields]"});
  for (const words& typed : {words{"events", "nobody"}, words{"--json", "events", "nobody"}}) {
    const auto done = tool.run(typed);
    CHECK(done.exit == 0);
    CHECK(done.output.empty());
    CHECK(done.errors.empty());
  }
  const std::string nobody = "127.0.0.1:1";
  check_refused(run_without_node({"--node", nobody, "status"}), 5, {nobody, "Connection refused"});
  check_refused(run_without_node({"shell", nobody, "-c", "status"}), 5, {nobody});
  const auto help = run_without_node({"append", "--help"});
  CHECK(help.exit == 0);
  CHECK(help.output.starts_with("  aiex append"));
}

TEST_CASE("aiex: a batch, filters, and JSON Lines") {
  const tool_on_node tool;
  const auto batch = tool.run({"--json", "append", "a-1", "--batch", "-"},
    "{\"type\":\"one\",\"data\":{\"n\":1}}\n{\"type\":\"two\"}\n{\"type\":\"one\"}\n");
  CHECK(json::parse(batch.output)["count"] == 3);
  const auto found = tool.run({"--json", "events", "--type", "one", "--desc", "--limit", "2"});
  const auto lines = lines_of(found.output);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0]["position"] == 3);
  CHECK(lines[1]["data"] == json{{"n", 1}});
  const auto piped = tool.run({"append", "a-1", "piped", "-"}, R"({"n":2})");
  CHECK(piped.exit == 0);
  CHECK(lines_of(tool.run({"--json", "events", "a-1", "--from", "4"}).output)[0]["data"]["n"] == 2);
}

TEST_CASE("aiex: output that cannot be written is an error, a reader that goes is none") {
  const tool_on_node tool;
  tool.object({"append", "a-1", "opened"});
  const std::string command = "AIEX_NODE=" + tool.node->address() + " " + AIEX_AIEX;
  for (const std::string typed : {" --json events", " store stats", " --help", " explain",
         " completion bash", " shell -c '\\help'"}) {
    CAPTURE(typed);
    const auto full = run_program({"/bin/sh", "-c", command + typed + " > /dev/full"});
    CHECK(full.exit == 1);
    CHECK(full.errors.find("No space left on device") != std::string::npos);
    CHECK(full.errors.find("[io]") != std::string::npos);
  }
  const auto gone =
    run_program({"/bin/sh", "-c", "{ " + command + " --json events; echo $? >&2; } | true"});
  CHECK(gone.errors == "0\n");
}

TEST_CASE("aiex: a killed node has it all, and a flipped byte is found, exit 7") {
  tool_on_node tool;
  tool.object({"append", "a-1", "opened", "--id", first_id});
  tool.object({"append", "a-1", "noted", R"({"text":"a-needle-in-a-page"})"});
  const auto before = tool.run({"--json", "events"});
  tool.kill();
  CHECK(tool.run({"status"}).exit == 5);
  tool.start_again();
  const auto after = tool.run({"--json", "events"});
  CHECK(lines_of(after.output).size() == 2);
  CHECK(after.output == before.output);
  CHECK(tool.object({"append", "a-1", "opened", "--id", first_id})["repeated"] == true);
  CHECK(tool.object({"store", "verify"})["sound"] == true);

  REQUIRE(damage(tool.data / "log" / "data.mdb", "a-needle-in-a-page") > 0);
  const auto online = tool.run({"--json", "store", "verify"});
  CHECK(online.exit == 7);
  CHECK(online.errors.find("position 2") != std::string::npos);
  CHECK(json::parse(online.output)["findings"][0]["position"] == 2);
  const auto read = tool.run({"events"});
  CHECK(read.exit == 7);
  CHECK(read.output.find("needle") == std::string::npos);
  tool.kill();
  const auto offline =
    run_without_node({"--json", "store", "verify", "--data", tool.data.string()});
  CHECK(offline.exit == 7);
  CHECK(offline.errors.find("position 2") != std::string::npos);
  CHECK(json::parse(offline.output)["first_bad"] == 2);
}

TEST_CASE("aiex: a backup, and a restore that keeps what was there") {
  tool_on_node tool;
  tool.object({"append", "a-1", "opened"});
  const std::string file = (tool.folder.path() / "backup.aiex").string();
  CHECK(tool.object({"store", "backup", file})["position"] == 1);
  tool.object({"append", "a-1", "later"});
  const std::string data = tool.data.string();
  check_refused(run_without_node({"store", "restore", file, "--data", data, "--yes"}), 5,
    {"[in_use]"}); // a node has it open
  tool.kill();
  CHECK(run_without_node({"store", "verify", "--data", data}).exit == 0);
  CHECK(run_without_node({"store", "stats", "--data", data}).exit == 0);
  check_refused(run_without_node({"store", "restore", file, "--data", data}), 2, {"--yes"});
  const auto checked =
    run_without_node({"--json", "store", "restore", file, "--data", data, "--dry-run"});
  CHECK(json::parse(checked.output)["events"] == 1);
  const auto restored =
    run_without_node({"--json", "store", "restore", file, "--data", data, "--yes"});
  REQUIRE_MESSAGE(restored.exit == 0, restored.errors);
  const std::string kept = json::parse(restored.output)["kept"];
  const auto count_in = [](const std::string& folder) {
    const auto done = run_without_node({"--json", "store", "stats", "--data", folder});
    return json::parse(done.output)["events"].get<int>();
  };
  CHECK(count_in(data) == 1);
  CHECK(count_in(kept) == 2);
  tool.start_again();
  CHECK(lines_of(tool.run({"--json", "events"}).output).size() == 1);
}

TEST_CASE("aiex: asks once the node has a position, and no longer than --timeout") {
  const tool_on_node tool;
  tool.object({"append", "a-1", "opened"});
  CHECK(tool.object({"status", "--at-least", "1", "--read", "local"})["applied"] == 1);
  check_refused(tool.run({"events", "--at-least", "9", "--timeout", "200ms"}), 5,
    {"position 1,", "9 did not come in 200 ms", "[time_out]"});
  test::child_process waiting{{AIEX_AIEX, "--node", tool.node->address(), "--json", "--timeout",
    "9s", "--at-least", "2", "events", "--after", "1"}};
  tool.object({"append", "a-1", "later"});
  const json line = json::parse(waiting.read_line(), nullptr, false);
  REQUIRE(line.is_object());
  CHECK(line["type"] == "later");
  CHECK(waiting.wait() == 0);
}

TEST_CASE("aiex: a session is closed once, however often it is said with one id") {
  const tool_on_node tool;
  const json made = tool.object({"session", "create", "--user", "ann", "--path", "/p"});
  const words close{"session", "close", made["id"], "--id", first_id};
  const json closed = tool.object(close);
  CHECK(closed["status"] == "closed");
  const json again = tool.object(close);
  CHECK(again["repeated"] == true);
  CHECK(again["version"] == closed["version"]);
  check_refused(tool.run({"session", "close", made["id"]}), 1, {"session_closed"});
}

TEST_CASE("aiex shell: lines of -c and of a script, up to the first error") {
  const tool_on_node tool;
  const auto given = run_without_node(
    {"shell", tool.node->address(), "-c", "append a-1 t '{\"n\": 1}'", "-c", "events --json"});
  CHECK(given.exit == 0);
  CHECK(given.output.find(R"("data":{"n": 1})") != std::string::npos); // as it was typed
  const auto script = tool.run({"shell"}, R"(# a comment
append a-1 t --expect 1   # and another

append a-1 t --expect 1
append a-1 t
)");
  CHECK(script.exit == 4);
  CHECK(script.errors.find("[wrong_expected_version]") != std::string::npos);
  CHECK(tool.object({"status"})["head"] == 2);
}

TEST_CASE("aiex: completion asks the node that the line names") {
  const tool_on_node tool;
  tool.object({"append", "account-1", "opened"});
  const auto found =
    run_without_node({"__complete", "--node", tool.node->address(), "events", "acc"});
  CHECK(found.output == "account-1\n");
  const std::string program = AIEX_AIEX;
  const auto address = tool.node->address();
  const auto colon = address.find(':');
  const auto in_bash = run_program({"/bin/bash", "-c",
    "PATH=" + program.substr(0, program.rfind('/')) +
      ":$PATH; source <(aiex completion bash); COMP_WORDS=(aiex --node " +
      address.substr(0, colon) + " : " + address.substr(colon + 1) +
      " events acc); COMP_CWORD=6; _aiex; echo \"${COMPREPLY[@]}\""});
  CHECK(in_bash.output == "account-1\n");
}

TEST_CASE("aiex tail: prints what comes, and Ctrl-C ends it with 130") {
  const tool_on_node tool;
  test::child_process tail{
    {AIEX_AIEX, "--node", tool.node->address(), "--json", "tail", "--from", "1"}};
  tool.object({"append", "a-1", "seen"});
  const json line = json::parse(tail.read_line(), nullptr, false);
  REQUIRE(line.is_object());
  CHECK(line["type"] == "seen");
  tail.send_signal(SIGINT);
  const auto status = tail.wait();
  REQUIRE(status);
  CHECK(WIFEXITED(*status));
  CHECK(WEXITSTATUS(*status) == 130);
}

} // namespace
} // namespace aiex::tool
