#include "aiex/supervision/process/process.hpp"
#include "aiex/supervision/process/registry.hpp"
#include "aiex/supervision/tree/spawns.hpp"
#include "aiex/supervision/tree/supervisor.hpp"

#include "support/actor_world.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

namespace aiex {
namespace {

caf::behavior idle(caf::event_based_actor*, std::shared_ptr<int> seen) {
  return {[seen](int more) { *seen += more; }};
}
caf::behavior broken(caf::event_based_actor*) {
  throw std::runtime_error{"cannot begin"};
}

/// All that the start functions of children ask of a supervisor.
struct names_world : test::actor_world {
  registry names;
  std::shared_ptr<int> seen = std::make_shared<int>(0);
  caf::actor above = system.spawn(idle, seen);

  ~names_world() { kill(above); }

  caf::actor start() { return std::get<started>(spawn_eager(system, idle, seen)).actor; }
  start_outcome run(const start_function& start) {
    return start(
      *dynamic_cast<caf::event_based_actor*>(caf::actor_cast<caf::abstract_actor*>(above)));
  }
};

name_errc refusal_of(const tl::expected<void, name_refusal>& answer) {
  return answer ? name_errc{} : answer.error().code;
}

/// One of CAF's own.
caf::behavior bystander(caf::event_based_actor*) {
  return {[](int) {}};
}

TEST_CASE_FIXTURE(test::actor_world, "registry: a name leads to the living only") {
  const registry names;
  const auto first = system.spawn(bystander);
  names.bind("a", first);
  CHECK(names.find("a") == first);
  CHECK_FALSE(names.find("b"));
  kill(first);
  CHECK_FALSE(names.find("a"));
  names.bind("a", first); // it has ended already
  CHECK_FALSE(names.find("a"));
}

TEST_CASE_FIXTURE(test::actor_world, "registry: a name that has moved on does not follow the old") {
  const registry names;
  const auto first = system.spawn(bystander);
  const auto second = system.spawn(bystander);
  names.bind("a", first);
  names.bind("a", second);
  kill(first);
  CHECK(names.find("a") == second);
  names.unbind("a");
  CHECK_FALSE(names.find("a"));
  names.unbind("a");
  kill(second);
}

TEST_CASE_FIXTURE(test::actor_world, "registry: lists names by prefix, and copies share them") {
  const registry names;
  const registry same = names;
  const auto one = system.spawn(bystander);
  for (const char* name : {"p/b", "p", "p/a", "q"})
    names.bind(name, one);
  CHECK(same.names("p/") == std::vector<std::string>{"p/a", "p/b"});
  CHECK(same.names().size() == 4);
  CHECK(same.names("r").empty());
  kill(one);
  CHECK(same.names().empty());
}

TEST_CASE_FIXTURE(test::actor_world, "registry: whoever sees an end does not find the ended") {
  const registry names;
  const auto one = system.spawn(bystander);
  names.bind("a", one);
  std::optional<bool> is_found;
  one->attach_functor([&](const caf::error&) { is_found = names.find("a").has_value(); });
  kill(one);
  CHECK(is_found == false);
}

TEST_CASE_FIXTURE(test::actor_world, "registry: an actor that outlives it is no trouble") {
  const auto one = system.spawn(bystander);
  {
    const registry names;
    names.bind("a", one);
  }
  kill(one);
  CHECK(has_ended(one));
}

TEST_CASE_FIXTURE(names_world, "registry: a name has one holder at a time") {
  const caf::actor first = start();
  const caf::actor second = start();
  CHECK(names.register_name("a", first));
  const auto refused = names.register_name("a", second);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == name_errc::taken);
  CHECK(refused.error().holder == first);
  CHECK(refusal_of(names.register_name("a", first)) == name_errc::taken);
  CHECK(names.find("a") == first);

  names.unbind("a");
  CHECK(names.register_name("a", second));
  CHECK(names.find("a") == second);
  kill(first); // its end does not take the name from the other
  CHECK(names.find("a") == second);
  kill(second);
  CHECK_FALSE(names.find("a"));
}

TEST_CASE_FIXTURE(names_world, "registry: a killed holder's name is free before anybody hears") {
  const caf::actor holder = start();
  std::vector<bool> free;
  holder->attach_functor([&](const caf::error&) { // watches before the registry does
    free.push_back(names.reserve("a").has_value() && !names.find("a") && names.names().empty());
  });
  REQUIRE(names.register_name("a", holder));
  caf::anon_send_exit(holder, caf::exit_reason::kill); // nothing settles
  CHECK(free == std::vector<bool>{true});
  CHECK(refusal_of(names.register_name("a", holder)) == name_errc::has_ended);
  const caf::actor next = start();
  CHECK(names.register_name("a", next));
  settle();
  CHECK(names.find("a") == next);
  kill(next);
}

TEST_CASE_FIXTURE(names_world, "registry: bounds") {
  const caf::actor one = start();
  CHECK(refusal_of(names.register_name("", one)) == name_errc::bad_name);
  CHECK(refusal_of(names.register_name(std::string(256, 'x'), one)) == name_errc::bad_name);
  CHECK(names.register_name(std::string(255, 'x'), one));
  CHECK(refusal_of(names.bind("", one)) == name_errc::bad_name);
  kill(one);
}

TEST_CASE_FIXTURE(names_world, "registry: so many names, not one more") {
  const registry few{3};
  std::vector<name_claim> held;
  for (const char* each : {"a", "b", "c"})
    held.push_back(std::move(*few.reserve(each)));
  const auto refused = few.reserve("one more");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == name_errc::too_many);
  held.pop_back();
  CHECK(few.reserve("one more"));
}

TEST_CASE_FIXTURE(names_world, "registry: a reserved name is nobody's, and given back") {
  const caf::actor one = start();
  {
    const auto held = names.reserve("a");
    REQUIRE(held);
    CHECK_FALSE(names.find("a"));
    CHECK(names.names().empty());
    names.unbind("a");
    const auto again = names.reserve("a");
    REQUIRE_FALSE(again);
    CHECK(again.error().code == name_errc::reserved);
    CHECK_FALSE(again.error().holder);
  }
  auto held = names.reserve("a");
  REQUIRE(held);
  name_claim moved = std::move(*held);
  std::move(moved).fulfil(one);
  CHECK(names.find("a") == one);
  kill(one);
}

TEST_CASE_FIXTURE(names_world, "registry: a claim that lost its name to bind changes nothing") {
  const caf::actor one = start();
  const caf::actor other = start();
  auto held = names.reserve("a");
  REQUIRE(held);
  CHECK(names.bind("a", other));
  std::move(*held).fulfil(one);
  CHECK(names.find("a") == other);
  kill(one);
  kill(other);
}

TEST_CASE_FIXTURE(names_world, "registry: an actor may have several names") {
  const caf::actor one = start();
  for (const char* each : {"b", "a", "c"})
    REQUIRE(names.register_name(each, one));
  names.unbind("c");
  CHECK(names.names_of(one) == std::vector<std::string>{"a", "b"});
  caf::anon_send_exit(one, caf::exit_reason::kill);
  CHECK(names.names_of(one).empty());
  CHECK_FALSE(names.find("a"));
  settle();
}

TEST_CASE_FIXTURE(names_world, "registry: sends to a name, or says that nobody has it") {
  const caf::actor one = start();
  REQUIRE(names.register_name("a", one));
  CHECK(names.send("a", caf::make_message(3)));
  CHECK_FALSE(names.send("b", caf::make_message(3)));
  settle();
  CHECK(*seen == 3);
  kill(one);
  CHECK_FALSE(names.send("a", caf::make_message(3)));
}

TEST_CASE_FIXTURE(names_world, "registry: of many who want a name at once one has it") {
  const std::vector<caf::actor> all{start(), start(), start(), start()};
  for (int round = 0; round < 100; ++round) {
    std::atomic<int> won{0};
    std::vector<std::thread> threads;
    for (const caf::actor& each : all)
      threads.emplace_back([&] { won += names.register_name("a", each) ? 1 : 0; });
    for (std::thread& each : threads)
      each.join();
    REQUIRE(won == 1);
    names.unbind("a");
  }
  for (const caf::actor& each : all)
    kill(each);
}

TEST_CASE_FIXTURE(names_world, "via: a start that finds its name taken does not begin") {
  int starts = 0;
  const start_function start_one = [&](caf::event_based_actor& from) {
    ++starts;
    return spawns(idle, seen)(from);
  };
  const auto first = run(via(names, "a", start_one));
  REQUIRE(std::holds_alternative<started>(first));
  const auto second = run(via(names, "a", start_one));
  REQUIRE(std::holds_alternative<taken>(second));
  CHECK(std::get<taken>(second).actor == std::get<started>(first).actor);
  CHECK(starts == 1);
  kill(std::get<started>(first).actor);
  CHECK(std::holds_alternative<started>(run(via(names, "a", start_one))));
  kill(*names.find("a"));
}

TEST_CASE_FIXTURE(names_world, "via: a start that fails gives its name back") {
  CHECK(std::holds_alternative<failing>(run(via(names, "a", spawns(broken)))));
  CHECK(names.reserve("a"));
  CHECK(std::holds_alternative<ignored>(
    run(via(names, "a", [](caf::event_based_actor&) { return ignored{}; }))));
  CHECK(names.reserve("a"));
  CHECK_THROWS(run(via(
    names, "a", [](caf::event_based_actor&) -> start_outcome { throw std::runtime_error{"no"}; })));
  CHECK(names.reserve("a"));
  CHECK(std::holds_alternative<caf::error>(run(via(names, "", spawns(idle, seen)))));
  settle();
}

TEST_CASE_FIXTURE(names_world, "via: a name follows its child through kill, crash and restart") {
  const auto made = start_supervisor(
    system, {.limit = {10}, .children = {worker("w", via(names, "w", spawns(idle, seen)))}}, {});
  const caf::actor top = std::get<started>(made).actor;
  settle();
  for (const caf::exit_reason reason :
    {caf::exit_reason::kill, caf::exit_reason::user_shutdown, caf::exit_reason::kill}) {
    const auto before = names.find("w");
    REQUIRE(before);
    caf::anon_send_exit(*before, reason);
    settle();
    const auto after = names.find("w");
    REQUIRE(after);
    CHECK(*after != *before);
    CHECK(has_ended(*before));
  }
  kill(top);
  CHECK_FALSE(names.find("w"));
}

TEST_CASE_FIXTURE(names_world, "registry: a name that is held by who has ended is free") {
  const caf::actor starter = start();
  const auto held = names.reserve("db", life_of(starter));
  REQUIRE(held);
  CHECK(names.reserve("db").error().code == name_errc::reserved);
  kill(starter);
  auto again = names.reserve("db");
  REQUIRE(again);
  const caf::actor new_one = start();
  std::move(*again).fulfil(new_one);
  CHECK(names.find("db") == new_one);
  kill(new_one);
}

TEST_CASE_FIXTURE(names_world, "registry: nobody has no name") {
  CHECK(names.register_name("db", {}).error().code == name_errc::has_ended);
  CHECK(names.bind("db", {}).error().code == name_errc::has_ended);
  CHECK_FALSE(names.find("db"));
  CHECK(names.reserve("db")); // nothing of it is left
}

} // namespace
} // namespace aiex
