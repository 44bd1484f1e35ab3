// Supervisors as any other process that sys is asked of.
#include "aiex/supervision/process/sys_messages.hpp"
#include "aiex/supervision/tree/dynamic_supervisor.hpp"
#include "aiex/supervision/tree/supervisor.hpp"

#include "support/supervised_world.hpp"

#include <caf/send.hpp>
#include <doctest/doctest.h>

#include <string>

namespace aiex {
namespace {

using namespace std::chrono_literals;

using test::crash_atom;
using test::obedient;
using test::supervised_world;

using events = std::vector<std::string>;

struct suspended_world : supervised_world {
  void send(const caf::actor& whom, const caf::message& what) {
    caf::anon_send(whom, what);
    settle();
  }
};

TEST_CASE_FIXTURE(suspended_world, "sys: a supervisor shows its children") {
  const auto top = start({.children = {named("a"), named("b")}});
  const std::string a = std::to_string(at("a").id());
  const std::string b = std::to_string(at("b").id());
  CHECK(ask<std::string>(top, get_state_call{}) ==
        R"({"path":"root","children":[{"id":"a","status":"running","actor":)" + a +
          R"(,"restarts":0},{"id":"b","status":"running","actor":)" + b +
          R"(,"restarts":0}],"untold":0})");
  shut_down(top);
}

TEST_CASE_FIXTURE(suspended_world, "sys: of many children as many as there is room for") {
  supervisor_spec spec;
  for (int i = 0; i < 2'000; ++i)
    spec.children.push_back(
      worker("child-" + std::to_string(i), spawns(obedient), {.restart = restart::temporary}));
  const auto top = start(std::move(spec));
  const auto text = ask<std::string>(top, get_state_call{});
  CHECK(text.size() <= sys_bytes_max);
  CHECK(text.find("\"untold\":0}") == std::string::npos);
  CHECK(text.ends_with("}"));
  shut_down(top);
}

TEST_CASE_FIXTURE(suspended_world, "sys: a suspended supervisor restarts nobody until it resumes") {
  const auto top = start({.children = {named("a")}});
  take_seen();
  send(top, caf::make_message(suspend_call{}));
  tell("a", crash_atom::value);
  CHECK(take_seen().empty());
  CHECK_FALSE(names.find("a"));
  send(top, caf::make_message(resume_call{}));
  CHECK(take_seen() == events{"exited root/a", "restarting root/a", "started root/a"});
  shut_down(top);
}

TEST_CASE_FIXTURE(suspended_world, "sys: a suspended supervisor ends with its children when told") {
  const auto top = start({.children = {named("a"), named("b")}});
  take_seen();
  send(top, caf::make_message(suspend_call{}));
  shut_down(top);
  CHECK(take_seen() == events{"stopped root/b", "stopped root/a"});
  CHECK(has_ended(top));
}

TEST_CASE_FIXTURE(suspended_world, "sys: a dynamic supervisor shows its children, too") {
  const auto top =
    start({.children = {dynamic_supervisor_child("many", restart_limit{1, 5s}, context())}});
  const auto children = ask<std::vector<child_info>>(top, which_children_call{});
  REQUIRE(children.size() == 1);
  const caf::actor many = children.front().actor;
  send(many, caf::make_message(start_child_call{worker("one", spawns(obedient))}));
  CHECK(ask<std::string>(many, get_state_call{}).find(R"("id":"one","status":"running")") !=
        std::string::npos);
  shut_down(top);
}

} // namespace
} // namespace aiex
