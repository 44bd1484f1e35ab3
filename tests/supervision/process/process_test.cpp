#include "aiex/supervision/process/exit_kind.hpp"
#include "aiex/supervision/process/process.hpp"
#include "aiex/supervision/tree/spawns.hpp"

#include "support/actor_world.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>
#include <doctest/doctest.h>

#include <chrono>
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

caf::behavior refuses_numbers(caf::event_based_actor*) {
  return {[](int) -> caf::result<int> { return caf::sec::invalid_argument; }};
}
/// Expects an answer, and nothing else.
caf::behavior asks_once(caf::event_based_actor* self, caf::actor whom) {
  self->request(whom, std::chrono::seconds{60}, 1).then([](int) {});
  return {[](char) {}};
}

TEST_CASE_FIXTURE(process_world, "process: an error that it never asked for ends nobody") {
  const caf::actor whom = std::get<started>(spawn_eager(system, refuses_numbers)).actor;
  const caf::actor teller = std::get<started>(spawn_eager(system, tells, whom)).actor;
  settle();
  CHECK_FALSE(has_ended(teller));
  caf::anon_send(teller, caf::make_error(caf::sec::runtime_error));
  settle();
  CHECK_FALSE(has_ended(teller));
  CHECK_THROWS(ask<int>(teller, caf::make_error(caf::sec::runtime_error))); // and not in an hour
  const caf::actor asker = std::get<started>(spawn_eager(system, asks_once, whom)).actor;
  settle();
  CHECK(end_of(asker) == caf::error{caf::sec::invalid_argument});
  kill(teller);
  kill(whom);
}

/// Looks, in the thread of who answers, whether that has begun to end.
class witness : public caf::event_based_actor {
public:
  witness(caf::actor_config& config, caf::actor whom, std::shared_ptr<bool> ends)
      : caf::event_based_actor(config), whom_(std::move(whom)), ends_(std::move(ends)) {}

  caf::behavior make_behavior() override {
    this->request(whom_, std::chrono::seconds{60}, fail_atom::value)
      .then([](int) {}, [](const caf::error&) {});
    return {[](char) {}};
  }
  using caf::event_based_actor::enqueue;
  void enqueue(caf::mailbox_element_ptr message, caf::execution_unit* host) override {
    if (message->mid.is_response())
      *ends_ = has_ended(whom_);
    caf::event_based_actor::enqueue(std::move(message), host);
  }

private:
  caf::actor whom_;
  std::shared_ptr<bool> ends_;
};

TEST_CASE_FIXTURE(process_world, "process: who throws has begun to end when its caller is told") {
  const auto ends = std::make_shared<bool>(false);
  const caf::actor asker = system.spawn<witness>(start(), ends);
  settle();
  CHECK(*ends);
  kill(asker);
}

} // namespace
} // namespace aiex
