#include "aiex/supervision/exit_kind.hpp"
#include "aiex/supervision/process.hpp"
#include "aiex/supervision/spawns.hpp"

#include "support/actor_world.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>
#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace aiex {
namespace {

using add_atom = caf::atom_constant<caf::atom("add")>;
using fail_atom = caf::atom_constant<caf::atom("fail")>;
using quit_atom = caf::atom_constant<caf::atom("quit")>;

/// Counts what it is sent.
caf::behavior counter(caf::event_based_actor* self, std::shared_ptr<int> seen) {
  return {
    [seen](add_atom) { return ++*seen; },
    [](fail_atom) { throw std::runtime_error{"it was told to"}; },
    [self](quit_atom) { self->quit(shutdown_reason()); },
  };
}

struct process_world : test::actor_world {
  std::shared_ptr<int> seen = std::make_shared<int>(0);
  std::vector<std::string> told;

  caf::actor start() { return std::get<started>(spawn_eager(system, counter, seen)).actor; }
  void watch(const caf::actor& whom, const std::string& name) {
    whom->attach_functor(
      [this, name](const caf::error& why) { told.push_back(name + ": " + exit_text(why)); });
  }
};

using words = std::vector<std::string>;

TEST_CASE_FIXTURE(process_world, "process: all who watch hear why it ended, in their order") {
  struct example {
    const char* name;
    caf::message message;
    std::string reason;
  };
  const example table[] = {
    {"it quits", caf::make_message(quit_atom::value), "shutdown"},
    {"it throws", caf::make_message(fail_atom::value), "it was told to"},
    {"it is told to", caf::make_message(caf::exit_msg{{}, caf::exit_reason::user_shutdown}),
      "shutdown"},
    {"it is killed", caf::make_message(caf::exit_msg{{}, caf::exit_reason::kill}), "killed"},
  };
  for (const example& row : table) {
    CAPTURE(row.name);
    told.clear();
    const caf::actor whom = start();
    watch(whom, "a");
    watch(whom, "b");
    CHECK_FALSE(has_ended(whom));
    CHECK_FALSE(end_of(whom));
    caf::anon_send(whom, row.message);
    settle();
    CHECK(told == words{"a: " + row.reason, "b: " + row.reason});
    CHECK(has_ended(whom));
    REQUIRE(end_of(whom));
    CHECK(exit_text(*end_of(whom)) == row.reason);
    watch(whom, "late");
    CHECK(told.back() == "late: " + row.reason);
  }
}

TEST_CASE_FIXTURE(process_world, "process: monitors of CAF's own hear, too, until they let go") {
  const caf::actor whom = start();
  const auto count = std::make_shared<int>(0);
  const auto observer = [count, whom](bool lets_go) {
    return [count, whom, lets_go](caf::event_based_actor* self) -> caf::behavior {
      self->set_down_handler([count](const caf::down_msg&) { ++*count; });
      self->monitor(whom);
      self->monitor(whom);
      if (lets_go)
        self->demonitor(whom);
      return {[](add_atom) {}};
    };
  };
  const caf::actor hears = system.spawn(observer(false));
  const caf::actor deaf = system.spawn(observer(true));
  settle();
  caf::anon_send(whom, quit_atom::value);
  settle();
  CHECK(*count == 2);
  kill(hears);
  kill(deaf);
}

TEST_CASE_FIXTURE(process_world, "process: an actor nobody has any more is over for its life") {
  std::shared_ptr<process_life> life;
  {
    const caf::actor whom = start();
    life = life_of(whom);
    settle();
    REQUIRE(life);
    CHECK_FALSE(life->has_begun_to_end());
  }
  CHECK(life->reason() == caf::error{caf::exit_reason::unreachable});
}

TEST_CASE_FIXTURE(process_world, "process: the end of one that is none of ours") {
  const caf::actor plain = system.spawn(
    [](caf::event_based_actor*) -> caf::behavior { return {[](add_atom) { return 1; }}; });
  settle();
  CHECK(life_of(plain) == nullptr);
  CHECK_FALSE(has_ended(plain));
  CHECK_FALSE(end_of(plain));
  kill(plain);
  CHECK(has_ended(plain));
  CHECK(end_of(plain) == caf::error{caf::exit_reason::kill});
}

/// Tells `whom` what that does not know, without asking anything, and a number that answers.
caf::behavior tells(caf::event_based_actor* self, caf::actor whom) {
  self->send(whom, std::string{"unheard of"});
  self->send(whom, 1);
  return {[](char) {}};
}
caf::behavior answers_numbers(caf::event_based_actor*) {
  return {[](int number) { return number; }};
}

TEST_CASE("process: who sends what nobody knows, or is answered unasked, goes on") {
  test::actor_world world;
  const caf::actor whom = std::get<started>(spawn_eager(world.system, answers_numbers)).actor;
  const caf::actor teller = std::get<started>(spawn_eager(world.system, tells, whom)).actor;
  world.settle();
  CHECK_FALSE(has_ended(teller));
  CHECK_FALSE(has_ended(whom));
  CHECK_THROWS(world.ask<int>(whom, std::string{"unheard of"}));
  world.kill(teller);
  world.kill(whom);
}

} // namespace
} // namespace aiex
