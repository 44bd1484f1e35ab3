// With threads and a real clock: programs have no other.
#include "aiex/supervision/port/port.hpp"
#include "aiex/supervision/process/exit_kind.hpp"
#include "aiex/supervision/tree/spawns.hpp"
#include "aiex/supervision/tree/supervisor.hpp"

#include "support/eventually.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <doctest/doctest.h>
#include <signal.h>

namespace aiex {
namespace {

using namespace std::chrono_literals;

class port_world {
  caf::actor_system_config config_;

public:
  caf::actor_system system{config_};
  caf::scoped_actor self{system};

  caf::actor start(port_options options) { return start(std::move(options), self); }
  caf::actor start(port_options options, const caf::actor& owner) {
    const auto outcome = spawn_eager(system, port, options, owner);
    REQUIRE(std::holds_alternative<started>(outcome));
    return std::get<started>(outcome).actor;
  }

  port_outcome send(const caf::actor& to, std::string bytes) {
    port_outcome outcome{};
    self->request(to, test::patience, port_send{std::move(bytes)})
      .receive([&](port_outcome said) { outcome = said; },
        [](const caf::error& why) { FAIL(to_string(why)); });
    return outcome;
  }

  pid_t process_of(const caf::actor& port) {
    pid_t id = 0;
    self->request(port, test::patience, port_process_call{})
      .receive([&](std::int64_t said) { id = static_cast<pid_t>(said); },
        [](const caf::error& why) { FAIL(to_string(why)); });
    return id;
  }

  std::string heard() {
    std::string bytes;
    self->receive([&](port_data& data) { bytes = std::move(data.bytes); },
      caf::after(test::patience) >> [] { FAIL("the program says nothing"); });
    return bytes;
  }

  caf::error end_of(const caf::actor& port, std::chrono::milliseconds within = test::patience) {
    caf::error reason;
    self->monitor(port);
    self->receive([&](const caf::down_msg& down) { reason = down.reason; },
      caf::after(within) >> [] { FAIL("the port does not end"); });
    return reason;
  }

  void shut_down(const caf::actor& port) {
    self->send(port, caf::exit_msg{self->address(), shutdown_reason()});
  }
};

port_options shell(const std::string& script, port_limits limits = {}) {
  return {.command = {"sh", "-c", script}, .limits = limits, .patience = 60s};
}

bool is_gone(pid_t process) {
  return test::eventually([process] { return ::kill(process, 0) != 0; });
}

TEST_CASE_FIXTURE(port_world, "port: what is sent comes back, told to end it does") {
  const caf::actor echo = start({.command = {"cat"}, .patience = 60s});
  for (const std::string& each : {std::string{"hello"}, std::string{}, std::string(300, '\0')}) {
    CHECK(send(echo, each) == port_outcome::ok);
    CHECK(heard() == each);
  }
  const pid_t process = process_of(echo);
  shut_down(echo);
  CHECK(kind_of(end_of(echo)) == exit_kind::shutdown);
  CHECK(is_gone(process));
}

TEST_CASE_FIXTURE(port_world, "port: megabytes both ways") {
  const caf::actor echo = start({.command = {"cat"}});
  constexpr std::size_t frames = 32;
  const std::size_t bytes = port_limits{}.frame_bytes_max;
  for (std::size_t i = 0; i < frames; ++i)
    REQUIRE(send(echo, std::string(bytes, static_cast<char>('a' + i % 26))) == port_outcome::ok);
  for (std::size_t i = 0; i < frames; ++i)
    CHECK(heard() == std::string(bytes, static_cast<char>('a' + i % 26)));
  shut_down(echo);
  (void)end_of(echo);
}

TEST_CASE_FIXTURE(port_world, "port: the program's end is the actor's") {
  const std::tuple<const char*, exit_kind, const char*> table[] = {
    {"exit 0", exit_kind::normal, "normal"},
    {"exit 3", exit_kind::abnormal, "the port's program ended with status 3"},
    {"kill -SEGV $$", exit_kind::abnormal, "the port's program was killed by signal 11 (SEGV)"},
    {"kill -KILL $$", exit_kind::abnormal, "the port's program was killed by signal 9 (KILL)"},
  };
  for (const auto& [script, kind, text] : table) {
    CAPTURE(script);
    const caf::error reason = end_of(start(shell(script)));
    CHECK(kind_of(reason) == kind);
    CHECK(exit_text(reason) == text);
  }
}

TEST_CASE_FIXTURE(port_world, "port: what a program has said before its end comes before it") {
  const caf::actor port = start(shell("printf '\\0\\0\\0\\4last'; exit 1"));
  self->monitor(port);
  std::vector<std::string> seen;
  while (seen.empty() || seen.back() != "down")
    self->receive([&](const port_data& data) { seen.push_back(data.bytes); },
      [&](const caf::down_msg&) { seen.emplace_back("down"); },
      caf::after(test::patience) >> [] { FAIL("nothing comes"); });
  CHECK(seen == std::vector<std::string>{"last", "down"});
}

TEST_CASE_FIXTURE(port_world, "port: a program that does not end when it is told to is killed") {
  port_options options = shell("trap '' TERM; printf '\\0\\0\\0\\0'; sleep 1000 & wait");
  options.patience = 1ms;
  const caf::actor port = start(options);
  CHECK(heard().empty());
  const pid_t process = process_of(port);
  shut_down(port);
  CHECK(kind_of(end_of(port)) == exit_kind::shutdown);
  CHECK(is_gone(process));
}

TEST_CASE_FIXTURE(port_world, "port: a frame that is too large is refused, on both ways") {
  const caf::actor echo = start({.command = {"cat"}, .limits = {.frame_bytes_max = 4}});
  CHECK(send(echo, "12345") == port_outcome::too_large);
  CHECK(send(echo, "1234") == port_outcome::ok);
  CHECK(heard() == "1234");
  shut_down(echo);
  (void)end_of(echo);
  const caf::actor loud =
    start(shell("head -c 1 > /dev/null; printf '\\0\\0\\0\\5'; exec cat", {.frame_bytes_max = 4}));
  const pid_t process = process_of(loud);
  CHECK(send(loud, "go") == port_outcome::ok); // before it the port has not ended
  CHECK(exit_text(end_of(loud)).starts_with("the program announces a frame of 5 bytes"));
  CHECK(is_gone(process));
}

TEST_CASE_FIXTURE(port_world, "port: a program that does not read is not sent without end") {
  const caf::actor port = start(shell("exec sleep 1000", {.unsent_frames_max = 3}));
  const std::string frame(port_limits{}.frame_bytes_max, 'x'); // more than a pipe holds
  for (int i = 0; i < 3; ++i)
    CHECK(send(port, frame) == port_outcome::ok);
  CHECK(send(port, frame) == port_outcome::overloaded);
  self->send_exit(port, caf::exit_reason::kill);
  (void)end_of(port);
}

TEST_CASE_FIXTURE(port_world, "port: a program is not heard without end by an owner that is slow") {
  // The owner keeps its promises: no more frames than agreed come before it delivers them.
  struct slow_state {
    std::vector<caf::response_promise> kept;
  };
  const caf::actor owner = system.spawn([](caf::stateful_actor<slow_state>* me) -> caf::behavior {
    return {
      [me](const port_data&) {
        me->state.kept.push_back(me->make_response_promise());
        return me->state.kept.back();
      },
      [me](const std::string& word) {
        const auto count = static_cast<int>(me->state.kept.size());
        if (word == "go on")
          for (caf::response_promise& each : std::exchange(me->state.kept, {}))
            each.deliver(caf::unit);
        return count;
      },
    };
  });
  const auto tell = [&](const std::string& word) {
    int kept = -1;
    self->request(owner, test::patience, word)
      .receive([&](int said) { kept = said; }, [](const caf::error&) {});
    return kept;
  };
  const caf::actor echo = start({.command = {"cat"}, .limits = {.unheard_frames_max = 2}}, owner);
  for (int i = 0; i < 5; ++i)
    CHECK(send(echo, "x") == port_outcome::ok);
  int heard = 0;
  while (heard < 5) {
    REQUIRE(test::eventually([&] { return tell("how many") == std::min(2, 5 - heard); }));
    heard += tell("go on");
  }
  CHECK(heard == 5);
  self->send_exit(echo, caf::exit_reason::kill);
  (void)end_of(echo);
  self->send_exit(owner, caf::exit_reason::kill);
}

TEST_CASE_FIXTURE(
  port_world, "port: it ends with its owner, and its program with it, however it ends") {
  const caf::actor owner = system.spawn(
    [](caf::event_based_actor*) -> caf::behavior { return {[](const port_data&) {}}; });
  const caf::actor port = start(shell("exec sleep 1000"), owner);
  const pid_t process = process_of(port);
  self->send_exit(owner, caf::exit_reason::kill);
  CHECK(kind_of(end_of(port)) == exit_kind::shutdown);
  CHECK(is_gone(process));
  const caf::actor killed = start(shell("exec sleep 1000"));
  const pid_t other = process_of(killed);
  self->send_exit(killed, caf::exit_reason::kill);
  CHECK(exit_text(end_of(killed)) == "killed");
  CHECK(is_gone(other));
}

TEST_CASE_FIXTURE(port_world, "port: a program that wants more than its limits ends") {
  port_options greedy = shell("head -c 200000000 /dev/zero | tail -n 1 > /dev/null");
  greedy.rlimits.address_space_bytes = std::uint64_t{64} << 20U;
  CHECK(exit_text(this->end_of(start(greedy))) == "the port's program ended with status 1");
  port_options busy = shell("while :; do :; done");
  busy.rlimits.cpu_time = 1s; // of a processor that it may have to share with many
  CHECK(exit_text(this->end_of(start(busy), 60 * test::patience)) ==
        "the port's program was killed by signal 24 (XCPU): it has used up its CPU time");
}

TEST_CASE_FIXTURE(port_world, "port: as a child it is started again, and says why it cannot be") {
  registry names;
  names.bind("owner", self);
  const auto made = [&](std::string owner, std::vector<std::string> command) {
    return start_supervisor(system,
      {.limit = {10, 10s},
        .children = {worker(
          "port", via(names, "port", starts_port({.command = std::move(command)}, names, owner)))}},
      {{}, "root"});
  };
  for (const auto& [owner, program, why] :
    {std::tuple{"absent", "cat", "the port's owner 'absent' is not there"},
      std::tuple{"owner", "/absent", "/absent cannot be started: No such file or directory"}}) {
    const auto refused = made(owner, {program});
    REQUIRE(std::holds_alternative<failing>(refused));
    CHECK(exit_text(std::get<failing>(refused).reason).find(why) != std::string::npos);
  }
  const auto outcome = made("owner", {"cat"});
  REQUIRE(std::holds_alternative<started>(outcome));
  const caf::actor top = std::get<started>(outcome).actor;
  const caf::actor first = *names.find("port");
  ::kill(process_of(first), SIGSEGV);
  REQUIRE(test::eventually([&] {
    const auto now = names.find("port");
    return now && now->id() != first.id();
  }));
  CHECK(send(*names.find("port"), "again") == port_outcome::ok);
  CHECK(heard() == "again");
  const pid_t process = process_of(*names.find("port"));
  shut_down(top);
  CHECK(kind_of(end_of(top)) == exit_kind::shutdown);
  CHECK(is_gone(process));
}

// What its program has started may have left its group, and go on writing into the same pipe.
TEST_CASE_FIXTURE(port_world, "port: it ends though it is written into without end") {
  const caf::actor port = start(shell("trap 'exit 3' USR1; setsid sh -c \"kill -USR1 $$; "
                                      "exec cat /dev/zero\" 2>&1 & wait; exit 4"));
  CHECK(exit_text(this->end_of(port)) == "the port's program ended with status 3");
}

} // namespace
} // namespace aiex
