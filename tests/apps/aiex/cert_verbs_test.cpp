// `aiex cert` as a user has it, and a node and its clients with what it made.
#include "support/run_program.hpp"
#include "support/running_node.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <sstream>

namespace aiex::tool {
namespace {

using nlohmann::json;
using test::finished;
using words = std::vector<std::string>;

/// A folder with an authority, and the tool beside it.
struct cert_desk {
  test::temporary_folder folder;
  std::string certs = (folder.path() / "certs").string();

  finished run(words typed) const {
    typed.insert(typed.begin(), AIEX_AIEX);
    return test::run_program(std::move(typed));
  }
  finished cert(words typed) const {
    typed.insert(typed.begin(), {"--json", "cert"});
    typed.insert(typed.end(), {"--dir", certs});
    return run(std::move(typed));
  }
  json made(words typed) const {
    const auto done = cert(std::move(typed));
    REQUIRE_MESSAGE(done.exit == 0, done.errors);
    CHECK(done.errors.empty());
    return json::parse(done.output);
  }
  std::vector<json> shown() const {
    std::vector<json> rows;
    std::istringstream lines{cert({"show"}).output};
    for (std::string line; std::getline(lines, line);)
      rows.push_back(json::parse(line));
    return rows;
  }
  std::string file(const std::string& name) const { return certs + "/" + name; }

  words flags(const std::string& who) const {
    return {"--cert", file(who + ".crt"), "--key", file(who + ".key"), "--ca", file("ca.crt")};
  }
};

unsigned mode_of(const std::string& file) {
  struct stat found {};
  REQUIRE(::stat(file.c_str(), &found) == 0);
  return found.st_mode & 0777U;
}

std::string content_of(const std::string& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

TEST_CASE("cert: an authority, a node and a client") {
  const cert_desk desk;
  const json authority = desk.made({"ca", "--name", "bank"});
  CHECK(authority["kind"] == "authority");
  CHECK(authority["name"] == "bank");
  CHECK(authority["revocations"] == desk.file("ca.crl"));
  const json node =
    desk.made({"node", "bank-1", "--address", "10.0.0.1", "--address", "10.0.0.2", "--days", "9"});
  CHECK(node["kind"] == "node");
  CHECK(node["status"] == "valid");
  CHECK(node["addresses"] == json{"10.0.0.1", "10.0.0.2"});
  CHECK(node["certificate"] == desk.file("node-bank-1.crt"));
  CHECK(node["key"] == desk.file("node-bank-1.key"));
  const json client = desk.made({"client", "ada", "--role", "operator"});
  CHECK(client["kind"] == "client");
  CHECK(client["role"] == "operator");
  for (const char* key : {"ca.key", "node-bank-1.key", "client-ada.key"})
    CHECK(mode_of(desk.file(key)) == 0600);
  const json looked = desk.made({"show", desk.file("client-ada.crt")});
  CHECK(looked["serial"] == client["serial"]);
  CHECK(desk.shown().size() == 3);
  const auto people = desk.run({"cert", "show", "--dir", desk.certs});
  CHECK(people.output.find("bank-1") != std::string::npos);
}

TEST_CASE("cert: nothing is replaced unasked") {
  const cert_desk desk;
  desk.made({"ca"});
  desk.made({"node", "n"});
  desk.made({"client", "c", "--role", "reader"});
  const std::pair<words, const char*> rows[] = {
    {{"ca"}, "ca.key"},
    {{"node", "n"}, "node-n.key"},
    {{"client", "c", "--role", "admin"}, "client-c.key"},
  };
  for (const auto& [typed, file] : rows) {
    const std::string before = content_of(desk.file(file));
    const auto refused = desk.cert(typed);
    CHECK(refused.exit == 4);
    CHECK(refused.errors.find("--yes") != std::string::npos);
    CHECK(content_of(desk.file(file)) == before);
    words again = typed;
    again.emplace_back("--yes");
    desk.made(again);
    CHECK(content_of(desk.file(file)) != before);
    CHECK(mode_of(desk.file(file)) == 0600);
  }
}

TEST_CASE("cert: what is wrong is said with its way out") {
  const cert_desk desk;
  const auto early = desk.cert({"node", "n"});
  CHECK(early.exit == 3);
  CHECK(early.errors.find("aiex cert ca") != std::string::npos);
  desk.made({"ca"});
  const std::tuple<words, int, const char*> rows[] = {
    {{"client", "c"}, 2, "--role"},
    {{"client", "c", "--role", "root"}, 2, "observer, reader, writer"},
    {{"node", "two words"}, 2, "letters, digits"},
    {{"node", "n", "--address", "localhost"}, 2, "no IP address"},
    {{"node", "n", "--days", "0"}, 2, "--days takes 1"},
    {{"node", "n", "--days", "36501"}, 2, "--days takes 1"},
    {{"node", "n", "--days", "5000"}, 2, "authority's own end"},
    {{"renew", "absent.crt"}, 3, "absent.crt"},
    {{"revoke", "absent.crt"}, 3, "absent.crt"},
    {{"revoke", "0123abcd"}, 3, "aiex cert show"},
    {{"revoke", desk.file("ca.crt")}, 2, "no node's or client's"},
    {{"show", desk.file("ca.key")}, 2, "holds no certificate"},
  };
  for (const auto& [typed, exit, said] : rows) {
    CAPTURE(typed.back());
    const auto refused = desk.cert(typed);
    CHECK(refused.exit == exit);
    CHECK(refused.errors.find(said) != std::string::npos);
    CHECK(refused.output.empty());
  }
  const auto help = desk.run({"cert", "node", "--help"});
  CHECK(help.output.starts_with("  aiex cert node "));
  CHECK(desk.run({"cert", "show", "--node", "127.0.0.1:1"}).exit == 2); // it asks none
}

TEST_CASE("cert: renewed, with the same key or a new one, and revoked") {
  const cert_desk desk;
  desk.made({"ca"});
  const std::string file = desk.file("client-c.crt");
  const json first = desk.made({"client", "c", "--role", "reader", "--days", "10"});
  const std::string key = content_of(desk.file("client-c.key"));
  const json second = desk.made({"renew", file, "--days", "20"});
  CHECK(second["serial"] != first["serial"]);
  CHECK(second["not_after"] > first["not_after"]);
  CHECK(second["role"] == "reader");
  CHECK(content_of(desk.file("client-c.key")) == key);
  CHECK(desk.cert({"renew", file, "--new-key"}).exit == 2);
  const json third = desk.made({"renew", file, "--new-key", "--yes"});
  CHECK(content_of(desk.file("client-c.key")) != key);
  CHECK(mode_of(desk.file("client-c.key")) == 0600);

  CHECK(desk.made({"revoke", file})["status"] == "revoked");
  CHECK(desk.made({"revoke", first["serial"].get<std::string>()})["status"] == "revoked");
  CHECK(desk.made({"revoke", file})["status"] == "revoked"); // twice is once
  std::map<std::string, std::string> status;
  for (const json& each : desk.shown())
    status[each["serial"]] = each["status"];
  CHECK(status.size() == 4);
  CHECK(status[first["serial"]] == "revoked");
  CHECK(status[second["serial"]] == "valid");
  CHECK(status[third["serial"]] == "revoked");
  const json renewed = desk.made({"renew", desk.file("ca.crt"), "--days", "7000"});
  CHECK(renewed["kind"] == "authority");
  CHECK(desk.made({"show", file})["status"] == "revoked");
}

/// A node with certificates, on every address of this machine.
struct safe_node {
  cert_desk desk;
  std::optional<test::running_node> node;

  explicit safe_node(const words& more = {}) {
    desk.made({"ca"});
    desk.made({"node", "tested"});
    node.emplace(desk.folder.path() / "data", AIEX_AIEXD, started_with(more));
  }
  words started_with(const words& more) const {
    words all{"--crl", desk.file("ca.crl"), "--listen", "0.0.0.0:0"};
    for (const words& each : {desk.flags("node-tested"), more})
      all.insert(all.end(), each.begin(), each.end());
    return all;
  }
  std::string address() const {
    return "127.0.0.1" + node->address().substr(node->address().find(':'));
  }
  finished ask(const std::string& who, words typed) const {
    const words flags = desk.flags(who);
    typed.insert(typed.begin(), {"--json", "--node", address()});
    typed.insert(typed.end(), flags.begin(), flags.end());
    return desk.run(std::move(typed));
  }
};

TEST_CASE("cert: a node and its clients, each with its role") {
  const safe_node safe;
  safe.desk.made({"client", "ada", "--role", "observer"});
  safe.desk.made({"client", "bob", "--role", "writer"});
  CHECK(safe.node->address().starts_with("0.0.0.0:"));
  CHECK(safe.ask("client-ada", {"status"}).exit == 0);
  const auto denied = safe.ask("client-ada", {"events"});
  CHECK(denied.exit == 6);
  CHECK(denied.errors.find("events needs the role reader, and ada has the role observer") !=
        std::string::npos);
  const auto appended = safe.ask("client-bob", {"append", "a-1", "opened", "{}"});
  CHECK_MESSAGE(appended.exit == 0, appended.errors);
  CHECK(safe.ask("client-bob", {"events"}).output.find("opened") != std::string::npos);
  CHECK(safe.ask("client-bob", {"restart", "bus", "--yes"}).exit == 6);
  const auto by_node = safe.ask("node-tested", {"restart", "bus", "--yes"});
  CHECK_MESSAGE(by_node.exit == 0, by_node.errors);

  const auto plain = safe.desk.run({"--node", safe.address(), "status"});
  CHECK(plain.exit == 6);
  CHECK(plain.errors.find("--cert") != std::string::npos);
}

TEST_CASE("cert: revoked while the node runs, others stay, and again after its restart") {
  safe_node safe;
  safe.desk.made({"client", "eve", "--role", "admin"});
  safe.desk.made({"client", "ada", "--role", "reader"});
  CHECK(safe.ask("client-eve", {"status"}).exit == 0);
  safe.desk.made({"revoke", safe.desk.file("client-eve.crt")});
  finished refused;
  CHECK(test::eventually([&] {
    refused = safe.ask("client-eve", {"status"});
    return refused.exit == 6;
  }));
  CHECK(refused.errors.find("does not accept the certificate") != std::string::npos);
  CHECK(safe.ask("client-ada", {"status"}).exit == 0);
  safe.node->child.send_signal(SIGKILL);
  CHECK(safe.node->child.wait());
  safe.node.emplace(safe.desk.folder.path() / "data", AIEX_AIEXD, safe.started_with({}));
  CHECK(safe.ask("client-eve", {"status"}).exit == 6);
  CHECK(safe.ask("client-ada", {"status"}).exit == 0);
}

TEST_CASE("cert: nodes of a cluster join under certificates, and who is revoked is out") {
  const cert_desk desk;
  desk.made({"ca"});
  desk.made({"client", "root", "--role", "admin"});
  const auto started = [&](const std::string& name, const words& more) {
    desk.made({"node", name});
    words all{AIEX_AIEXD, "--name", name, "--data", (desk.folder.path() / name).string(),
      "--listen", "127.0.0.1:0", "--http", "off", "--crl", desk.file("ca.crl")};
    for (const words& each : {desk.flags("node-" + name), more})
      all.insert(all.end(), each.begin(), each.end());
    return all;
  };
  const auto ask = [&](const test::running_node& node, words typed) {
    const words flags = desk.flags("client-root");
    typed.insert(typed.begin(), {"--json", "--node", node.address()});
    typed.insert(typed.end(), flags.begin(), flags.end());
    return desk.run(std::move(typed));
  };
  const test::running_node first{started("a", {})};
  const test::running_node second{started("b", {"--join", first.address()})};
  REQUIRE_MESSAGE(second.ready.starts_with("ready name=b"), second.ready);
  CHECK(test::eventually([&] { return ask(first, {"append", "s-1", "opened", "{}"}).exit == 0; }));
  CHECK(test::eventually(
    [&] { return ask(second, {"events"}).output.find("opened") != std::string::npos; }));
  const auto reaches_b = [&] {
    std::istringstream lines{ask(first, {"cluster", "members"}).output};
    for (std::string line; std::getline(lines, line);)
      if (const json each = json::parse(line); each["name"] == "b")
        return each["reachable"].get<bool>();
    return false;
  };
  CHECK(test::eventually(reaches_b));
  desk.made({"revoke", desk.file("node-b.crt")});
  CHECK(test::eventually([&] { return !reaches_b(); }));
}

TEST_CASE("cert: a node does not start with certificates that are not its own") {
  const cert_desk desk;
  desk.made({"ca"});
  desk.made({"node", "other"});
  desk.made({"client", "tested", "--role", "admin"});
  const auto started = [&](words more) {
    return test::run_program(
      test::running_node::command(AIEX_AIEXD, desk.folder.path() / "data", more));
  };
  words missing = desk.flags("node-other");
  missing[3] = desk.file("none.key");
  words another = desk.flags("node-other");
  another[3] = desk.file("client-tested.key");
  const std::pair<words, const char*> rows[] = {
    {desk.flags("node-other"), "aiex cert node tested"},
    {desk.flags("client-tested"), "a node needs a node's"},
    {missing, "there is no"},
    {another, "is not the key of"},
    {{"--cert", desk.file("node-other.crt")}, "key is not given"},
    {{"--listen", "0.0.0.0:0"}, "aiex cert ca"},
  };
  for (const auto& [more, said] : rows) {
    CAPTURE(said);
    const auto refused = started(more);
    CHECK(refused.exit == 2);
    CHECK(refused.errors.find(said) != std::string::npos);
    CHECK(refused.output.empty());
    words checked = more;
    checked.emplace_back("--check-config");
    CHECK(started(checked).exit == 2);
  }
  CHECK_FALSE(std::filesystem::exists(desk.folder.path() / "data"));
}

TEST_CASE("cert: what a local client of a plain node may do is a setting") {
  const test::temporary_folder folder;
  const test::running_node reading{folder.path() / "a", AIEX_AIEXD, {"--local-role", "reader"}};
  const auto ask = [](const test::running_node& node, words typed) {
    typed.insert(typed.begin(), {AIEX_AIEX, "--node", node.address()});
    return test::run_program(std::move(typed));
  };
  CHECK(ask(reading, {"events"}).exit == 0);
  const auto denied = ask(reading, {"append", "a-1", "opened", "{}"});
  CHECK(denied.exit == 6);
  CHECK(denied.errors.find("--local-role") != std::string::npos);
  const test::running_node closed{folder.path() / "b", AIEX_AIEXD, {"--local-role", "none"}};
  CHECK(ask(closed, {"status"}).exit == 6);
}

TEST_CASE("cert: the shell of a node's own process has the node's certificate") {
  const cert_desk desk;
  desk.made({"ca"});
  desk.made({"node", "tested"});
  words all{AIEX_AIEXD, "--name", "tested", "--data", (desk.folder.path() / "data").string(),
    "--listen", "0.0.0.0:0", "--http", "off", "--shell"};
  const words flags = desk.flags("node-tested");
  all.insert(all.end(), flags.begin(), flags.end());
  const auto done = test::run_program(all, "append a-1 opened '{}'\nevents --json\n");
  CHECK_MESSAGE(done.exit == 0, done.errors);
  CHECK(done.output.find("\"opened\"") != std::string::npos);
}

} // namespace
} // namespace aiex::tool
