#include "aiex/actors/flow/aggregates.hpp"
#include "aiex/actors/flow/projection.hpp"
#include "aiex/actors/flow/store_child.hpp"
#include "aiex/supervision/tree/spawns.hpp"
#include "aiex/supervision/tree/supervisor_messages.hpp"

#include "aiexd/node.hpp"
#include "support/bank.hpp"
#include "support/child_process.hpp"
#include "support/temporary_folder.hpp"

#include <caf/scoped_actor.hpp>
#include <doctest/doctest.h>

#include <fstream>
#include <optional>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using lines = std::vector<std::string>;

std::string label(const supervision_tree& tree) {
  return tree.how ? tree.id + " (" + std::string{text_of(*tree.how)} + ")" : tree.id;
}

/// As it is drawn in node_tree.cpp.
void draw(const supervision_tree& tree, const std::string& indent, lines& into) {
  for (const supervision_tree& child : tree.children) {
    const bool is_last = &child == &tree.children.back();
    into.push_back(indent + (is_last ? "└── " : "├── ") + label(child));
    draw(child, indent + (is_last ? "    " : "│   "), into);
  }
}
lines drawn(const supervision_tree& tree) {
  lines all{label(tree)};
  draw(tree, "", all);
  return all;
}

/// What is drawn at the top of node_tree.cpp, without the words beside it.
lines promised() {
  std::ifstream file{AIEX_NODE_TREE};
  REQUIRE(file);
  const std::string margin = "//   ";
  lines all;
  for (std::string line; std::getline(file, line) && line.starts_with("//");) {
    if (all.empty() ? !line.starts_with(margin + "aiexd") : !line.starts_with(margin))
      continue;
    const auto branch = line.rfind("── ");
    const auto name = branch == std::string::npos ? margin.size() : branch;
    all.push_back(line.substr(margin.size(), line.find("  ", name) - margin.size()));
  }
  return all;
}

/// What the top of a running node with these parts answers.
template <class Answer, class Message>
Answer answer_of(std::vector<node_part> parts, Message message) {
  const test::temporary_folder folder;
  auto running =
    node::start({.data = (folder.path() / "data").string(), .listen = {"127.0.0.1", 0}, .http = {}},
      std::move(parts), [](const std::string& why) { FAIL(why); });
  if (!running)
    FAIL(running.error().message);
  caf::scoped_actor self{(*running)->system()};
  std::optional<Answer> answer;
  self->request(*(*running)->services().names.find("top"), test::patience, std::move(message))
    .receive([&](Answer& given) { answer = std::move(given); },
      [&](const caf::error& why) { FAIL(to_string(why)); });
  REQUIRE(answer);
  return std::move(*answer);
}

supervision_tree tree_with(std::vector<node_part> parts) {
  return answer_of<supervision_tree>(std::move(parts), supervision_tree_call{});
}

TEST_CASE("the tree of a node is the one that is drawn where it is made") {
  lines without_parts = promised();
  REQUIRE(std::erase(without_parts, "├── …") == 1);
  CHECK(drawn(tree_with({})) == without_parts);
}

TEST_CASE("the parts of a user stand in the node's tree, before its gateway") {
  const auto tree = tree_with({supervisor("bank", strategy::rest_for_one, {.intensity = 3},
    {aggregates<test::bank::account>(), projection<test::bank::totals>()})});
  const lines all = drawn(tree);
  const lines bank{"├── bank (rest_for_one)", "│   ├── aggregates/account (one_for_all)",
    "│   │   ├── live", "│   │   └── router", "│   └── totals", "├── gateway"};
  const auto found = std::search(all.begin(), all.end(), bank.begin(), bank.end());
  CHECK_MESSAGE(found != all.end(), all.size());
}

TEST_CASE("who commits the models may be kept waiting by a disk for as long as the store") {
  const auto models = answer_of<childspec_answer>({}, get_childspec_call{"models"});
  REQUIRE(models.outcome);
  CHECK(models.outcome->handlers_within() == commit_limit);
}

TEST_CASE("a node whose parts cannot be started says which, and leaves the folder free") {
  const test::temporary_folder folder;
  const node_config config{
    .data = (folder.path() / "data").string(), .listen = {"127.0.0.1", 0}, .http = {}};
  const node_part broken{"broken", [](const node_services&, const supervision_context&) {
                           return worker("broken", [](caf::event_based_actor&) -> start_outcome {
                             return caf::make_error(caf::sec::runtime_error, "no such disk");
                           });
                         }};
  const auto refused = node::start(config, {broken}, [](const std::string& why) { FAIL(why); });
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::stopped);
  CHECK(refused.error().message.find("broken") != std::string::npos);
  CHECK(refused.error().message.find("no such disk") != std::string::npos);
  CHECK(node::start(config, {}, [](const std::string& why) { FAIL(why); }));
}

/// Writes when it is told to shut down, and then ends.
caf::behavior last_writer(
  caf::event_based_actor* self, node_services services, std::shared_ptr<std::string> outcome) {
  self->set_exit_handler([self, services, outcome](const caf::exit_msg& told) {
    append_request farewell;
    farewell.parts.push_back({"farewell", expected_version::any(), {}});
    farewell.parts.front().events.emplace_back();
    farewell.parts.front().events.front().id = services.make_id();
    farewell.parts.front().events.front().type = "said";
    farewell.parts.front().events.front().data = "{}";
    farewell.node = services.node;
    services.events.append(self, std::move(farewell), test::patience,
      [self, outcome, reason = told.reason](const result<append_result>& done) {
        *outcome = done ? "written" : done.error().message;
        self->quit(reason);
      });
  });
  return {[](int) {}};
}

// The parts before the one that fails are stopped in order, and the store stands below them.
TEST_CASE("a node whose tree is taken back lets its parts write to the end") {
  const test::temporary_folder folder;
  const auto outcome = std::make_shared<std::string>("not asked");
  const node_part writer{
    "writer", [outcome](const node_services& services, const supervision_context&) {
      return worker("writer", spawns(last_writer, services, outcome));
    }};
  const node_part broken{"broken", [](const node_services&, const supervision_context&) {
                           return worker("broken", [](caf::event_based_actor&) -> start_outcome {
                             return caf::make_error(caf::sec::runtime_error, "no such disk");
                           });
                         }};
  CHECK_FALSE(
    node::start({.data = (folder.path() / "data").string(), .listen = {"127.0.0.1", 0}, .http = {}},
      {writer, broken}, [](const std::string& why) { FAIL(why); }));
  CHECK(*outcome == "written");
}

} // namespace
} // namespace aiex
