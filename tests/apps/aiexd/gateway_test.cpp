#include "aiex/supervision/tree/spawns.hpp"
#include "aiex/supervision/tree/supervisor.hpp"

#include "aiexd/gateway.hpp"
#include "support/verb_world.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

using namespace std::chrono_literals;

std::vector<verb> few_verbs() {
  return {
    {"echo", needs{caller_role::reading}, {"text"},
      [](verb_call call) { call.answer(reply_with(call.given.required_text("text").value())); }},
    {"large", needs{caller_role::observing}, {},
      [](verb_call call) {
        call.answer(reply_with(std::string(gateway_reply_bytes_max + 1, 'x')));
      }},
    {"silent", needs{caller_role::observing}, {}, [](verb_call) {}},
    {"throws", needs{caller_role::operating}, {},
      [](verb_call) { throw std::runtime_error{"failed as told"}; }},
  };
}

struct plain_world : test::verb_world {
  plain_world() : verb_world(few_verbs()) {}
};

/// A gateway under a supervisor, and the door before it.
struct door_world : plain_world {
  ~door_world() { kill(top); }

  caf::actor start() {
    auto outcome = start_supervisor(system,
      {.limit = {10, 10s},
        .children = {worker("gateway", via(names, "gateway", spawns(gateway, environment)))}},
      {});
    top = std::get<started>(outcome).actor;
    settle();
    return door;
  }
  void kill_gateway() {
    const auto now = names.find("gateway");
    REQUIRE(now);
    kill(*now);
  }

  caf::actor top;
  caf::actor door = keep(system.spawn(gateway_door, std::string{"tested"}, names, find_caller{}));
};

const std::string hello = R"({"text":"hello"})";

TEST_CASE_FIXTURE(plain_world, "gateway: welcomes, answers, and refuses by name") {
  const caf::actor made = spawn_gateway();
  const auto welcome = ask<gateway_welcome>(made, gateway_hello{});
  CHECK(welcome.node == "tested");
  CHECK(welcome.protocol == gateway_protocol);
  CHECK(call(made, "echo", hello)->body == "hello");

  const auto unknown = call(made, "ehco");
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().code == errc::invalid_argument);
  CHECK(unknown.error().message.find("echo, large, silent") != std::string::npos);
  const auto wrong = call(made, "echo", R"({"texxt":"a"})");
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().message.starts_with("echo: "));
  CHECK(wrong.error().message.find("\"texxt\"") != std::string::npos);
  CHECK(call(made, "echo", "[").error().code == errc::invalid_argument);
}

TEST_CASE_FIXTURE(plain_world, "gateway: an answer too large for the link is an error") {
  const auto answer = call(spawn_gateway(), "large");
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == errc::data_too_large);
}

TEST_CASE_FIXTURE(door_world, "gateway door: passes on, and says when there is nobody behind it") {
  const auto early = call(door, "echo", hello);
  REQUIRE_FALSE(early);
  CHECK(early.error().code == errc::overloaded);
  CHECK(ask<gateway_welcome>(door, gateway_hello{}).node == "tested");
  start();
  CHECK(call(door, "echo", hello)->body == "hello");
}

TEST_CASE_FIXTURE(door_world, "gateway door: stays when the gateway is killed, and serves again") {
  start();
  const under_way asked = begin_call(door, "silent");
  CHECK_FALSE(asked->has_value());
  kill_gateway();
  REQUIRE(asked->has_value()); // who waits hears of it at once
  REQUIRE_FALSE(**asked);
  CHECK((*asked)->error().code == errc::unknown_outcome);
  CHECK(call(door, "echo", hello)->body == "hello");
}

TEST_CASE_FIXTURE(
  door_world, "gateway door: a verb that throws is answered, and nobody else hurt") {
  start();
  const auto thrown = call(door, "throws");
  REQUIRE_FALSE(thrown);
  CHECK(thrown.error().code == errc::unknown_outcome);
  CHECK(call(door, "echo", hello)->body == "hello");
}

TEST_CASE_FIXTURE(door_world, "gateway door: so many requests under way, and room again") {
  start();
  std::vector<under_way> waiting;
  for (std::size_t i = 0; i < door_waiting_max; ++i)
    waiting.push_back(begin_call(door, "silent"));
  const auto refused = call(door, "echo", hello);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::overloaded);
  kill_gateway();
  for (const auto& each : waiting)
    CHECK(each->has_value());
  CHECK(call(door, "echo", hello)->body == "hello");
}

TEST_CASE_FIXTURE(door_world, "gateway door: closed, it finishes what is under way and no more") {
  start();
  const under_way asked = begin_call(door, "silent", {}, 500);
  const auto closed = std::make_shared<bool>(false);
  system.spawn([=, door = door](caf::event_based_actor* self) {
    self->request(door, 3'600s, close_door{})
      .then([closed](door_closed) { *closed = true; }, [](const caf::error&) {});
  });
  settle();
  CHECK_FALSE(*closed);
  const auto late = call(door, "echo", hello);
  REQUIRE_FALSE(late);
  CHECK(late.error().code == errc::stopped);
  CHECK_FALSE(asked->has_value());
  advance(500ms);
  CHECK(asked->has_value());
  CHECK(*closed);
}

TEST_CASE_FIXTURE(door_world, "gateway door: nothing is under way, so it is closed at once") {
  start();
  CHECK(call(door, "echo", hello));
  ask<door_closed>(door, close_door{});
}

TEST_CASE_FIXTURE(door_world, "gateway door: waits no longer than the client does") {
  start();
  const under_way asked = begin_call(door, "silent", {}, 500);
  advance(499ms);
  CHECK_FALSE(asked->has_value());
  advance(1ms);
  REQUIRE(asked->has_value());
  CHECK((*asked)->error().code == errc::unknown_outcome);
  const under_way patient = begin_call(door, "silent");
  advance(59s);
  CHECK_FALSE(patient->has_value());
  advance(1s);
  CHECK(patient->has_value());
}

/// Whoever asks is who the test says.
struct guarded_world : plain_world {
  guarded_world() { names.bind("gateway", made); }

  /// The error's text, or the answer's.
  std::string told(const caller& from, std::string name) {
    gateway_request asked{std::move(name), hello, 0};
    const auto reply = ask<gateway_reply>(made, caller_request{from, std::move(asked)});
    return reply.code == 0 ? reply.body : reply.message;
  }

  caf::actor made = spawn_gateway();
};

TEST_CASE_FIXTURE(
  guarded_world, "gateway: a role that does not suffice is told so, before all else") {
  const peer_identity ada{peer_kind::client, "ada", caller_role::observing};
  CHECK(told({ada, caller_role::reading}, "echo") == "hello");
  CHECK(told({ada, caller_role::auditing}, "echo") == "hello");
  CHECK(told({ada, caller_role::observing}, "echo")
          .starts_with("echo needs the role reader, and "
                       "ada has the role observer"));
  CHECK(told({ada, caller_role::writing}, "throws").starts_with("throws needs the role operator"));
  // Not even its arguments are looked at.
  CHECK(told({ada, caller_role::observing}, "echo").find("text") == std::string::npos);
}

TEST_CASE_FIXTURE(guarded_world, "gateway door: who cannot be told is refused") {
  const caf::actor door = keep(system.spawn(gateway_door, std::string{"tested"}, names,
    [](const caf::node_id&) -> result<caller> { return fail(errc::denied, "nobody"); }));
  CHECK(call(door, "echo", hello)->body == "hello"); // an actor of this process
  caf::anon_send(door, gateway_request{"echo", hello, 0});
  settle(); // nobody to answer, and nothing done
}

} // namespace
} // namespace aiex
