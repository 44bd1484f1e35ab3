#include "aiex/supervision/application/application_controller.hpp"

#include "aiexd/verbs/ask.hpp"
#include "support/gateway_world.hpp"

#include <caf/stateful_actor.hpp>
#include <doctest/doctest.h>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

/// Takes calls in and never answers.
caf::behavior silent_controller(caf::stateful_actor<std::vector<caf::response_promise>>* self) {
  const auto keep = [self] { self->state.push_back(self->make_response_promise()); };
  return {
    [keep](which_applications_call) -> caf::result<std::vector<application_info>> {
      keep();
      return caf::delegated<std::vector<application_info>>{};
    },
    [keep](const stop_application_call&) -> caf::result<application_answer> {
      keep();
      return caf::delegated<application_answer>{};
    },
  };
}

using done_atom = caf::atom_constant<caf::atom("done")>;

/// Answers after two seconds.
caf::behavior late(caf::stateful_actor<caf::typed_response_promise<child_counts>>* self) {
  return {
    [self](count_children_call) {
      self->state = self->make_response_promise<child_counts>();
      self->delayed_send(self, 2s, done_atom::value);
      return self->state;
    },
    [self](done_atom) { self->state.deliver(child_counts{}); },
  };
}

/// A verb that asks one after the other.
void run_both(verb_call call) {
  const caf::actor first = *call.services().names.find("late");
  ask<child_counts>(std::move(call), first, count_children_call{}, "the first",
    [](verb_call& asked, const child_counts&) {
      const caf::actor second = *asked.services().names.find("applications");
      ask<std::vector<application_info>>(std::move(asked), second, which_applications_call{},
        "the second", [](verb_call&, const std::vector<application_info>&) {});
    });
}

struct silent_world : test::gateway_world {
  caf::actor silent = keep(std::get<started>(spawn_eager(system, silent_controller)).actor);

  silent_world() { services.names.bind("applications", silent); }

  static error refusal_of(const std::optional<gateway_reply>& reply) {
    REQUIRE(reply);
    const auto answer = to_result(*reply);
    REQUIRE_FALSE(answer);
    return answer.error();
  }
};

TEST_CASE_FIXTURE(silent_world, "ask: who is silent is told of before the client gives up") {
  const auto list = begin("application_list", json::object(), 4s);
  const auto stop = begin("application_stop", {{"name", "bank"}}, 4s);
  advance(2'999ms);
  CHECK_FALSE(*list);
  CHECK_FALSE(*stop);
  advance(1ms);
  const error why = refusal_of(*list);
  CHECK(why.code == errc::time_out);
  CHECK(why.message.starts_with("the controller of the applications did not answer in time"));
  CHECK(refusal_of(*stop).code == errc::unknown_outcome);
}

TEST_CASE_FIXTURE(silent_world, "ask: questions one after the other share their verb's patience") {
  services.names.bind("late", std::get<started>(spawn_eager(system, late)).actor);
  const auto able = std::make_shared<gateway_environment>(gateway_environment{
    services, environment->facts, {{"both", needs{caller_role::reading}, {}, run_both}}});
  const caf::actor door = keep(std::get<started>(spawn_eager(system, gateway, able)).actor);
  services.names.bind("gateway", door);
  const auto both = begin("both", json::object(), 4s);
  advance(2s);
  advance(999ms);
  CHECK_FALSE(*both);
  advance(1ms);
  CHECK(refusal_of(*both).message.starts_with("the second did not answer in time"));
}

TEST_CASE_FIXTURE(silent_world, "ask: of whose client did not say how long it waits, very long") {
  const auto list = begin("application_list", json::object(), 0ms);
  advance(gateway_patience - 1ms);
  CHECK_FALSE(*list);
  advance(1ms);
  CHECK(refusal_of(*list).code == errc::time_out);
}

TEST_CASE_FIXTURE(silent_world, "ask: who ends with a question in hand is told of") {
  const auto list = begin("application_list", json::object(), 4s);
  const auto stop = begin("application_stop", {{"name", "bank"}}, 4s);
  kill(silent);
  CHECK(refusal_of(*list).code == errc::stopped);
  const error why = refusal_of(*stop);
  CHECK(why.code == errc::unknown_outcome);
  CHECK(why.message.find("ended before it answered (killed)") != std::string::npos);
}

TEST_CASE_FIXTURE(silent_world, "ask: of who does not know the question nothing was done") {
  services.names.bind("applications", *services.names.find("models"));
  CHECK(refusal("application_list").code == errc::refused);
  const error why = refusal("application_stop", {{"name", "bank"}});
  CHECK(why.code == errc::refused);
  CHECK(why.message.ends_with("Nothing was done"));
}

} // namespace
} // namespace aiex
