#include "aiex/supervision/application/application_controller.hpp"
#include "aiex/supervision/process/links.hpp"
#include "aiex/supervision/tree/spawns.hpp"
#include "aiex/supervision/tree/supervisor.hpp"

#include "support/blocking_world.hpp"
#include "support/eventually.hpp"
#include "support/supervised_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <latch>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using lines = std::vector<std::string>;
using enum application_type;

using test::broken;
using test::crash_atom;
using test::leave_atom;
using test::obedient;
using test::stubborn;

caf::behavior linker(caf::event_based_actor* self) {
  return {[self](const caf::actor& whom) { links{self}.link(whom); }};
}

class application_world : public test::actor_world {
public:
  registry names;
  lines seen;
  std::vector<supervision_event> events; ///< The same, whole, but for callbacks.
  caf::actor top;

  application_world() = default;
  application_world(const application_world&) = delete;
  application_world& operator=(const application_world&) = delete;
  ~application_world() {
    if (top)
      kill(top);
  }

  /// An application whose callbacks are written down.
  managed_application of(std::string name, lines dependencies = {},
    application_type type = permanent, start_function start = spawns(obedient)) {
    managed_application made{
      worker(name, via(names, name, std::move(start))), std::move(dependencies), type};
    made.prep_stop = [this, name] { seen.push_back("prep_stop " + name); };
    made.stop = [this, name] { seen.push_back("stop " + name); };
    return made;
  }

  start_outcome run(std::vector<managed_application> applications) {
    const supervision_context root{[this](const supervision_event& event) {
                                     events.push_back(event);
                                     std::string line{name(event.what)};
                                     line += ' ' + event.path;
                                     if (!event.reason.empty())
                                       line += " (" + event.reason + ')';
                                     seen.push_back(line);
                                   },
      "root"};
    supervisor_spec spec{.how = strategy::rest_for_one, .ends = auto_shutdown::any_significant};
    applications_spec all{std::move(applications),
      [this](const std::string& why) { seen.push_back("failure: " + why); }};
    spec.children.push_back(applications_child(
      "applications", std::move(all), root, {.restart = restart::transient, .significant = true}));
    spec.children[0].start = via(names, "applications", spec.children[0].start);
    auto outcome = start_supervisor(system, std::move(spec), root);
    if (const auto* made = std::get_if<started>(&outcome))
      top = made->actor;
    settle();
    return outcome;
  }

  lines take_seen() { return std::exchange(seen, {}); }
  caf::actor at(const std::string& name) {
    const auto found = names.find(name);
    REQUIRE(found);
    return *found;
  }
  template <class Word>
  void tell(const std::string& name, Word word) {
    caf::anon_send(at(name), word);
    settle();
  }
  lines answer_to(start_application_call call) {
    return text_of(ask<application_answer>(at("applications"), std::move(call)));
  }
  lines answer_to(stop_application_call call) {
    return text_of(ask<application_answer>(at("applications"), std::move(call)));
  }
  lines running() {
    lines all;
    for (const application_info& each :
      ask<std::vector<application_info>>(at("applications"), which_applications_call{}))
      if (each.status == application_status::running)
        all.push_back(each.name);
    return all;
  }

private:
  static lines text_of(const application_answer& said) {
    return said.outcome ? *said.outcome : lines{said.outcome.error().message};
  }
};

bool contains(const lines& all, const std::string& line) {
  return std::find(all.begin(), all.end(), line) != all.end();
}

TEST_CASE_FIXTURE(
  application_world, "applications: a tree of their own, in which each is a child") {
  supervisor_spec bank{.children = {worker("account", spawns(obedient))}};
  managed_application nested = of("bank", {"log"});
  nested.tree = supervisor_child("bank", std::move(bank), {{}, "root/applications"});
  run({std::move(nested), of("log")});
  CHECK(take_seen() == lines{"started root/applications/log", "started root/applications/bank",
                         "started root/applications"});
  const auto tree = ask<supervision_tree>(top, supervision_tree_call{});
  REQUIRE(tree.children.size() == 1);
  const supervision_tree& all = tree.children[0];
  CHECK(all.id == "applications");
  REQUIRE(all.children.size() == 2);
  CHECK(all.children[0].id == "log");
  CHECK(all.children[0].status == child_status::running);
  CHECK(all.children[1].id == "bank");
  REQUIRE(all.children[1].children.size() == 1);
  CHECK(all.children[1].children[0].id == "account");
}

TEST_CASE_FIXTURE(
  application_world, "applications: all stop, last started first, when the tree does") {
  run({of("bank", {"log"}), of("log")});
  take_seen();
  caf::anon_send_exit(top, caf::exit_reason::user_shutdown);
  settle();
  CHECK(take_seen() == lines{"prep_stop bank", "stop bank",
                         "stopped root/applications/bank (shutdown)", "prep_stop log", "stop log",
                         "stopped root/applications/log (shutdown)", "stopped root/applications"});
}

TEST_CASE_FIXTURE(
  application_world, "applications: a callback that throws is told of and stops nothing") {
  managed_application angry = of("bank");
  angry.prep_stop = [] { throw std::runtime_error{"not now"}; };
  angry.stop = [] { throw std::runtime_error{"no"}; };
  run({std::move(angry), of("log")});
  take_seen();
  CHECK(answer_to(stop_application_call{"bank"}).empty());
  CHECK(
    take_seen() == lines{"exited root/applications/bank (its callback prep_stop threw: not now)",
                     "exited root/applications/bank (its callback stop threw: no)",
                     "stopped root/applications/bank (shutdown)"});
  CHECK(running() == lines{"log"});
}

TEST_CASE_FIXTURE(
  application_world, "applications: a permanent one that ends stops all others, and the tree") {
  run({of("log"), of("bank", {"log"}), of("web")});
  take_seen();
  tell("bank", crash_atom::value);
  const lines told = take_seen();
  CHECK(contains(told, "exited root/applications/bank (told to crash)"));
  CHECK(
    contains(told, "failure: the permanent application 'bank' has ended (told to crash), and "
                   "the node ends with it; aiex why tells what of it could still be written down"));
  CHECK_FALSE(contains(told, "started root/applications")); // it is not tried again
  CHECK_FALSE(names.find("log"));
  CHECK_FALSE(names.find("applications"));
  bool is_over = false;
  top->attach_functor([&](const caf::error&) { is_over = true; });
  CHECK(is_over);
}

TEST_CASE_FIXTURE(application_world, "applications: a temporary one that ends disturbs nobody") {
  run({of("log"), of("bank", {"log"}, temporary)});
  take_seen();
  tell("bank", crash_atom::value);
  CHECK(take_seen() ==
        lines{"prep_stop bank", "stop bank", "exited root/applications/bank (told to crash)"});
  CHECK(running() == lines{"log"});
  CHECK(answer_to(start_application_call{"bank"}) == lines{"bank"});
  CHECK(running() == lines{"log", "bank"});
  CHECK(answer_to(start_application_call{"bank"}) ==
        lines{"application 'bank' runs already: stop it first, to start it anew"});
}

TEST_CASE_FIXTURE(application_world,
  "applications: one that cannot be started and is needed is the start's failure") {
  const auto outcome = run({of("log"), of("bank", {}, permanent, spawns(broken))});
  REQUIRE(std::holds_alternative<failing>(outcome));
  CHECK(exit_text(std::get<failing>(outcome).reason) ==
        "child 'applications': the permanent application 'bank' could not be started (cannot "
        "begin), and the node ends with it");
  const lines told = take_seen();
  CHECK(contains(told, "stop log"));
  CHECK_FALSE(names.find("log"));
  CHECK(
    std::none_of(told.begin(), told.end(), [](auto& each) { return each.starts_with("failure"); }));
}

TEST_CASE_FIXTURE(
  application_world, "applications: a temporary one that cannot be started is left out") {
  run({of("bank", {}, temporary, spawns(broken)), of("web")});
  CHECK(running() == lines{"web"});
  CHECK(contains(take_seen(), "failed_to_start root/applications/bank (cannot begin)"));
  CHECK(answer_to(start_application_call{"bank"}) ==
        lines{"application 'bank' could not be started: cannot begin"});
  CHECK(answer_to(start_application_call{"absent"}) ==
        lines{"this program has no application 'absent': which_applications_call tells those it "
              "has"});
}

TEST_CASE_FIXTURE(application_world, "applications: what has a wrong order is not begun") {
  const auto outcome = run({of("bank", {"log"})});
  REQUIRE(std::holds_alternative<failing>(outcome));
  CHECK(exit_text(std::get<failing>(outcome).reason).find("which this program does not have") !=
        std::string::npos);
  managed_application empty = of("log");
  empty.tree.start = nullptr;
  const auto other = run({std::move(empty)});
  REQUIRE(std::holds_alternative<failing>(other));
  CHECK(
    exit_text(std::get<failing>(other).reason).find("has no start function") != std::string::npos);
}

// A tree with a time for its start would have the start's own actor as its parent, and heed nobody
// when that has ended.
TEST_CASE_FIXTURE(application_world, "applications: each tree is checked as any child is") {
  managed_application timed = of("bank");
  timed.tree = supervisor_child("bank", {}, {{}, "root/applications"}, {.start_timeout = 1s});
  managed_application never = of("bank");
  never.tree.shutdown = shutdown::after(-1ms);
  const std::pair<managed_application*, const char*> table[] = {
    {&timed, "'bank' is a supervisor, whose start takes as long as its children's"},
    {&never, "'bank' has no valid time to shut down"}};
  for (const auto& [wrong, says] : table) {
    CAPTURE(says);
    const auto outcome = run({*wrong});
    REQUIRE(std::holds_alternative<failing>(outcome));
    CHECK(exit_text(std::get<failing>(outcome).reason).find(says) != std::string::npos);
  }
}

TEST_CASE_FIXTURE(application_world, "applications: to be ignored, or there already, is no start") {
  const caf::actor stranger = std::get<started>(spawn_eager(system, obedient)).actor;
  REQUIRE(names.register_name("taken", stranger));
  run({of("ignored", {}, temporary, test::ignoring), of("taken", {}, temporary), of("web")});
  CHECK(running() == lines{"web"});
  const lines told = take_seen();
  CHECK(contains(told, "failed_to_start root/applications/ignored (an application cannot be "
                       "ignored: leave it out of the program, or have its tree be empty)"));
  CHECK(contains(
    told, "failed_to_start root/applications/taken (the name 'taken' is taken by actor " +
            std::to_string(stranger.id()) + ": end that one first, or choose another name)"));
  CHECK(at("taken") == stranger);
  kill(stranger);
}

TEST_CASE_FIXTURE(application_world, "applications: one that does not stop in its time is killed") {
  run({of("bank", {}, permanent, spawns(stubborn)), of("web", {"bank"})});
  take_seen();
  lines answer;
  system.spawn([&](caf::event_based_actor* self) {
    self->request(at("applications"), 3600s, stop_application_call{"bank"})
      .then([&](const application_answer& said) { answer = *said.outcome; });
  });
  settle();
  advance(4'999ms);
  CHECK(take_seen() == lines{"prep_stop bank"});
  advance(1ms);
  CHECK(take_seen() == lines{"stop bank", "killed root/applications/bank (killed)"});
  CHECK(answer == lines{"web"}); // who depends on it, and goes on
}

// An actor of CAF's own is no process: a kill lies in its mailbox until it comes back to that.
TEST_CASE_FIXTURE(
  application_world, "applications: one that does not even end killed is abandoned") {
  test::gate way;
  const caf::actor deaf = test::spawn_never_back(system, way);
  run({of("bank", {}, permanent, [deaf](auto&) { return started{deaf}; })});
  take_seen();
  lines answer{"none"};
  system.spawn([&](caf::event_based_actor* self) {
    self->request(at("applications"), 3600s, stop_application_call{"bank"})
      .then([&](const application_answer& said) { answer = *said.outcome; });
  });
  settle();
  advance(5s); // its own
  advance(kill_patience - 1ms);
  CHECK(take_seen() == lines{"prep_stop bank"});
  advance(1ms);
  CHECK(
    take_seen() == lines{"stop bank",
                     "abandoned root/applications/bank (it did not even end when it was killed)"});
  CHECK(answer.empty());
  way.open();
  CHECK(test::eventually([&] { return has_ended(deaf); }));
  settle();
  CHECK(take_seen().empty()); // what comes of it later is a stranger's
}

TEST_CASE_FIXTURE(application_world, "applications: a supervisor's words start and stop one, too") {
  run({of("bank")});
  CHECK(ask<supervision_answer>(at("applications"), terminate_child_call{"bank"}).outcome);
  CHECK_FALSE(names.find("bank"));
  CHECK(ask<supervision_answer>(at("applications"), terminate_child_call{"bank"}).outcome);
  CHECK(ask<supervision_answer>(at("applications"), terminate_child_call{"bnak"})
          .outcome.error()
          .code == supervision_errc::not_found);
  const auto again = ask<start_child_answer>(at("applications"), restart_child_call{"bank"});
  REQUIRE(again.outcome);
  CHECK(again.outcome->actor == at("bank"));
  CHECK(
    ask<start_child_answer>(at("applications"), restart_child_call{"bank"}).outcome.error().code ==
    supervision_errc::running);
  const auto children = ask<std::vector<child_info>>(at("applications"), which_children_call{});
  REQUIRE(children.size() == 1);
  CHECK(children[0].actor == at("bank"));
}

TEST_CASE_FIXTURE(
  application_world, "applications: a controller that is killed is back with all of them") {
  run({of("bank")});
  const auto before = at("bank").id();
  kill(at("applications"));
  CHECK(at("bank").id() != before);
  CHECK(running() == lines{"bank"});
}

TEST_CASE_FIXTURE(
  application_world, "applications: an end is told with its kind and last message") {
  run({of("a", {}, temporary), of("b", {}, temporary)});
  events.clear();
  tell("a", crash_atom::value);
  tell("b", leave_atom::value);
  REQUIRE(events.size() == 2);
  CHECK(events[0].path == "root/applications/a");
  CHECK(events[0].what == child_change::exited);
  CHECK(events[0].reason == "told to crash");
  CHECK(events[0].kind == exit_kind::abnormal);
  CHECK(events[0].last_message == "atom");
  CHECK(events[1].kind == exit_kind::normal);
  CHECK(events[1].last_message.empty());
}

TEST_CASE_FIXTURE(application_world, "applications: the start of one may be limited, too") {
  const auto gate = std::make_shared<std::latch>(1);
  managed_application slow = of("slow", {}, permanent, [gate](caf::event_based_actor&) {
    gate->wait();
    return start_outcome{ignored{}};
  });
  slow.tree.start_timeout = 1ms;
  const auto outcome = run({of("a"), std::move(slow)});
  REQUIRE(std::holds_alternative<failing>(outcome));
  CHECK(exit_text(std::get<failing>(outcome).reason).find("timeout: its start took longer") !=
        std::string::npos);
  CHECK_FALSE(names.find("a"));
  gate->count_down();
}

TEST_CASE_FIXTURE(application_world, "applications: what the controller is linked to ends it not") {
  run({of("a")});
  const caf::actor stranger = std::get<started>(spawn_eager(system, linker)).actor;
  caf::anon_send(stranger, at("applications"));
  settle();
  kill(stranger);
  CHECK(running() == lines{"a"});
}

} // namespace
} // namespace aiex
