// A user's program of several applications, in a process of its own.
// Tests apps/application/application.cpp, apps/application/application_config.cpp.
#include "support/gateway_answers.hpp"
#include "support/run_program.hpp"
#include "support/running_node.hpp"
#include "support/temporary_folder.hpp"

#include <sys/wait.h>

#include <csignal>
#include <fstream>

namespace aiex {
namespace {

using nlohmann::json;
using lines = std::vector<std::string>;

lines lines_of(const std::string& text) {
  lines all;
  std::istringstream in{text};
  for (std::string line; std::getline(in, line);)
    all.push_back(line);
  return all;
}

/// The program on a folder; what it says on stderr goes into a file.
struct shop {
  test::temporary_folder folder;
  test::running_node node;

  explicit shop(const lines& more = {}) : node({"/bin/sh", "-c", command(folder, more)}) {}

  lines errors() const {
    std::ifstream in{folder.path() / "errors"};
    return lines_of({std::istreambuf_iterator<char>{in}, {}});
  }

  test::finished tool(const lines& words) const {
    lines command{AIEX_AIEX, "--node", node.address()};
    command.insert(command.end(), words.begin(), words.end());
    return test::run_program(command);
  }

  std::string list() const {
    std::string text;
    for (const std::string& each : lines_of(tool({"--json", "application", "list"}).output)) {
      const json row = json::parse(each);
      text += row["name"].get<std::string>() + '=' + row["status"].get<std::string>() + ' ';
    }
    return text;
  }

private:
  static std::string command(const test::temporary_folder& folder, const lines& more) {
    std::string text = "exec 2>" + (folder.path() / "errors").string() + " && exec";
    for (const auto& word :
      test::running_node::command(AIEX_APPLICATIONS_NODE, folder.path() / "data", more))
      text += " '" + word + "'";
    return text;
  }
};

TEST_CASE("applications: start after what they depend on, stand in the tree, stop in reverse") {
  shop running;
  REQUIRE(running.node.ready.starts_with("ready"));
  CHECK(running.list() == "mail=running stock=running orders=running ");
  auto client = running.node.connected();
  lines drawn;
  const json tree = test::object(client, "tree");
  for (const json& child : tree["children"])
    if (child["id"] == "applications")
      for (const json& each : child["children"])
        drawn.push_back(each["id"]);
  CHECK(drawn == lines{"mail", "stock", "orders"});
  running.node.child.send_signal(SIGTERM);
  CHECK(running.node.child.wait() == 0);
  CHECK(running.errors() == lines{"prep_stop orders", "stop orders", "prep_stop stock",
                              "stop stock", "prep_stop mail", "stop mail"});
}

TEST_CASE("applications: a permanent one that ends takes the node with it, 1, and a last line") {
  for (const std::string how : {"normal", "crash"}) {
    CAPTURE(how);
    shop running{{"--set", "orders.ends=" + how}};
    const auto status = running.node.child.wait();
    REQUIRE(status);
    REQUIRE(WIFEXITED(*status));
    CHECK(WEXITSTATUS(*status) == 1);
    const lines errors = running.errors();
    CHECK(
      errors ==
      lines{"prep_stop orders", "stop orders", "prep_stop stock", "stop stock", "prep_stop mail",
        "stop mail",
        "shop: the permanent application 'orders' has ended (" +
          std::string{how == "crash" ? "crashed as told" : "normal"} +
          "), and the node ends with it; aiex why tells what of it could still be written down"});
  }
}

TEST_CASE("applications: a transient one takes the node with it unless it ends normally") {
  shop crashing{{"--set", "stock.ends=crash"}};
  const auto status = crashing.node.child.wait();
  REQUIRE(status);
  CHECK(WEXITSTATUS(*status) == 1);
  shop going{{"--set", "stock.ends=normal"}};
  REQUIRE(going.node.ready.starts_with("ready"));
  CHECK(test::eventually([&] { return going.list().find("stock=ended") != std::string::npos; }));
}

TEST_CASE("applications: a temporary one that ends does not, and can be started and stopped") {
  shop running{{"--set", "mail.ends=crash"}};
  REQUIRE(running.node.ready.starts_with("ready"));
  REQUIRE(
    test::eventually([&] { return running.list() == "mail=ended stock=running orders=running "; }));
  std::string why;
  const bool is_told = test::eventually([&] {
    const auto asked = running.tool({"why", "applications/mail"});
    why = asked.output + asked.errors;
    return why.find("crashed as told") != std::string::npos;
  });
  CHECK_MESSAGE(is_told, why);
  const auto stopped = running.tool({"--json", "application", "stop", "stock", "--yes"});
  CHECK(stopped.exit == 0);
  CHECK(json::parse(stopped.output) ==
        json{{"application", "stock"}, {"stopped", true}, {"running_without_it", {"orders"}}});
  const auto again = running.tool({"--json", "application", "start", "stock"});
  CHECK(again.exit == 0);
  CHECK(json::parse(again.output) ==
        json{{"application", "stock"}, {"running", true}, {"started", {"stock"}}});
  CHECK(running.tool({"application", "start", "stock"}).errors.find("runs already") !=
        std::string::npos);
  CHECK(running.tool({"application", "start", "absent"}).exit != 0);
  CHECK(running.tool({"status"}).exit == 0);
}

TEST_CASE("applications: flag, then variable, then ./aiex.toml, then another file, then default") {
  const test::temporary_folder folder;
  const auto checked = [&](const std::string& before, const std::string& flags) {
    return test::run_program({"/bin/sh", "-c",
      "cd " + folder.path().string() + " && " + before + " exec " + AIEX_APPLICATIONS_NODE +
        " --check-config " + flags});
  };
  const auto line_of = [](const test::finished& said) {
    for (const std::string& each : lines_of(said.output))
      if (each.starts_with("app.mail.ends"))
        return each;
    return said.errors;
  };
  CHECK(line_of(checked("", "")) == "app.mail.ends  never  (default)");
  std::ofstream{folder.path() / "aiex.toml"} << "name = 'x'\n[app.mail]\nends = 'normal'\n";
  CHECK(line_of(checked("", "")) == "app.mail.ends  normal  (aiex.toml:3)");
  const std::string variable = "AIEX_MAIL__ENDS=crash";
  CHECK(line_of(checked(variable, "")) == "app.mail.ends  crash  (AIEX_MAIL__ENDS)");
  CHECK(line_of(checked(variable, "--set mail.ends=never")) ==
        "app.mail.ends  never  (--set mail.ends)");
  // What the application itself refuses, and what there is none of: before anything is made.
  for (const std::string wrong : {"mail.ends=sometimes", "mail.edns=never", "mial.ends=never"}) {
    CAPTURE(wrong);
    const auto refused = checked("", "--set " + wrong);
    CHECK(refused.exit == 2);
    CHECK(refused.errors.ends_with("[invalid_argument]\n"));
  }
}

} // namespace
} // namespace aiex
