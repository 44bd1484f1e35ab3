#include "aiex/supervision/application/application_controller.hpp"
#include "aiex/supervision/process/process_table.hpp"
#include "aiex/supervision/tree/dynamic_supervisor.hpp"

#include "support/blocking_world.hpp"
#include "support/eventually.hpp"
#include "support/supervised_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using test::crash_atom;
using test::leave_atom;
using test::obedient;
using test::supervised_world;

using busy_atom = caf::atom_constant<caf::atom("busy")>;
using meanwhile = std::shared_ptr<std::function<void()>>;

/// Its handler does what the test says.
caf::behavior busy(caf::event_based_actor*, meanwhile act) {
  return {[act](busy_atom) { (*act)(); }};
}

struct table_world : supervised_world {
  std::shared_ptr<process_table> table = process_table::make();
  meanwhile act = std::make_shared<std::function<void()>>();

  supervision_context entering(std::string path = "root") {
    supervision_context made = context(std::move(path));
    made.processes = table;
    return made;
  }

  caf::actor start(supervisor_spec spec) {
    const auto outcome = start_supervisor(system, std::move(spec), entering());
    settle();
    return std::get<started>(outcome).actor;
  }

  /// "root/a root/b"
  std::string paths() const {
    std::vector<std::string> all;
    for (const auto& each : table->list())
      all.push_back(each->path);
    std::sort(all.begin(), all.end());
    std::string text;
    for (const std::string& each : all)
      text += (text.empty() ? "" : " ") + each;
    return text;
  }

  process_entry_pointer entry_of(const std::string& name) { return table->find(at(name).id()); }
  process_entry_pointer entry_at(const std::string& path) const {
    const auto all = table->list();
    const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& each) { return each->path == path; });
    REQUIRE(found != all.end());
    return *found;
  }
};

TEST_CASE_FIXTURE(table_world, "process_table: whoever a tree keeps alive is in it, nobody else") {
  const auto top = start({.limit = {9, 5s},
    .children = {named("a"), named("b", restart::temporary),
      supervisor_child("below", {.children = {named("c")}}, entering()),
      dynamic_supervisor_child("many", {}, entering())}});
  CHECK(paths() == "root/a root/b root/below root/below/c root/many");
  tell("a", crash_atom::value); // is started again
  tell("b", leave_atom::value);
  CHECK(paths() == "root/a root/below root/below/c root/many");
  CHECK(entry_of("a")->restarts == 1);
  CHECK(entry_of("a")->activity == activity_of(at("a")));
  const auto many = ask<std::vector<child_info>>(top, which_children_call{}).front().actor;
  const auto made = ask<start_child_answer>(
    many, start_child_call{worker("d", spawns(obedient), {.restart = restart::temporary})});
  REQUIRE(made.outcome);
  CHECK(paths() == "root/a root/below root/below/c root/many root/many/d");
  CHECK(table->find(made.outcome->actor.id())->path == "root/many/d");
  caf::anon_send(made.outcome->actor, crash_atom::value);
  settle();
  CHECK(paths() == "root/a root/below root/below/c root/many");
  caf::anon_send_exit(top, caf::exit_reason::kill);
  settle();
  CHECK(paths().empty());
}

TEST_CASE_FIXTURE(table_world, "process_table: the limit is the child's, or that of its kind") {
  child_spec own = named("own"), none = named("none");
  own.handler_limit = 250ms;
  none.handler_limit = handlers_unlimited;
  const auto top =
    start({.children = {named("worker"), own, none, supervisor_child("below", {}, entering())}});
  CHECK(entry_of("worker")->handler_limit == handler_limit_of_workers);
  CHECK(entry_of("own")->handler_limit == 250ms);
  CHECK(entry_of("none")->handler_limit == handlers_unlimited);
  CHECK(entry_at("root/below")->handler_limit == handler_limit_of_supervisors);
  shut_down(top);
  CHECK(paths().empty());
}

TEST_CASE_FIXTURE(table_world, "process_table: applications are in it, too") {
  applications_spec spec;
  spec.applications.push_back({.tree = named("bank")});
  const auto top = start({.children = {applications_child("applications", spec, entering())}});
  CHECK(paths() == "root/applications root/applications/bank");
  shut_down(top);
  CHECK(paths().empty());
}

TEST_CASE_FIXTURE(table_world, "process_table: the dead stay until their handler has returned") {
  const auto top = start({.children = {worker("a", via(names, "a", spawns(busy, act)),
                            {.restart = restart::temporary})}});
  const caf::actor whom = at("a");
  std::string dead;
  *act = [&] {
    CHECK(table->dead_in_handler().empty());
    caf::anon_send_exit(whom, caf::exit_reason::kill);
    CHECK(paths() == "root/a");
    CHECK(table->find(whom.id()));
    for (const auto& each : table->dead_in_handler())
      dead += each->path + (each->life->was_killed() ? " was killed" : "");
  };
  caf::anon_send(whom, busy_atom::value);
  settle();
  CHECK(dead == "root/a was killed");
  CHECK(table->dead_in_handler().empty());
  CHECK_FALSE(table->find(whom.id()));
  CHECK(paths().empty());
  shut_down(top);
}

TEST_CASE_FIXTURE(table_world, "process_table: an actor that has ended is not kept") {
  const auto top = start({.children = {worker("a", via(names, "a", spawns(busy, act)),
                            {.restart = restart::temporary})}});
  const std::weak_ptr<std::function<void()>> held = act;
  const auto entry = entry_of("a");
  act.reset();
  CHECK_FALSE(held.expired());
  tell("a", caf::exit_msg{caf::actor_addr{}, caf::exit_reason::kill});
  shut_down(top);
  CHECK(held.expired()); // although somebody has the entry
  CHECK(entry->path == "root/a");
}

// It has a thread, and nobody can take that from it: who looks on has to know.
TEST_CASE_FIXTURE(
  table_world, "process_table: a start that does not return is in it as its child") {
  const auto top = start({});
  test::gate way;
  const auto has_begun = std::make_shared<std::atomic<bool>>(false);
  const start_function hangs = [=, opens = way.opens()](caf::event_based_actor&) -> start_outcome {
    *has_begun = true;
    opens.wait();
    return ignored{};
  };
  auto most = 1ms;
  for (; !*has_begun; most *= 2) { // until there was enough of it for the start to begin at all
    const auto answer = ask<start_child_answer>(
      top, start_child_call{worker("slow", hangs, {.start_timeout = most})});
    CHECK_FALSE(answer.outcome);
  }
  const auto dead = table->dead_in_handler();
  REQUIRE(dead.size() == 1);
  CHECK(dead[0]->path == "root/slow");
  CHECK(dead[0]->handler_limit == most / 2); // that of its start
  CHECK(dead[0]->has_thread);
  way.open();
  CHECK(test::eventually([&] { return table->dead_in_handler().empty(); }));
  shut_down(top);
}

TEST_CASE_FIXTURE(table_world, "process_table: those with a thread of their own are known") {
  const auto top = start({.children = {named("a"), worker("b", spawns<caf::detached>(obedient))}});
  REQUIRE(table->with_threads().size() == 1);
  CHECK(table->with_threads()[0]->path == "root/b");
  caf::anon_send_exit(top, caf::exit_reason::kill); // at once, whatever the thread does
  settle();
  CHECK(table->with_threads().empty());
}

} // namespace
} // namespace aiex
