#include "aiex/supervision/tree/supervisor.hpp"
#include "aiex/supervision/watchdog/watchdog.hpp"

#include "support/blocking_world.hpp"
#include "support/eventually.hpp"

#include <caf/scoped_actor.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using test::block_atom;
using test::blocker;
using test::blocking_world;
using test::echo_atom;
using test::eventually;

/// A tree on two workers, and what its watchdog and its supervisors tell.
struct watched_world : blocking_world {
  std::shared_ptr<process_table> table = process_table::make();
  registry names;
  std::mutex lock; // guards the two below
  std::vector<supervision_event> told;
  std::vector<std::string> complaints;
  caf::actor top;

  ~watched_world() {
    way.open();
    caf::anon_send_exit(top, caf::exit_reason::user_shutdown);
    caf::scoped_actor self{system};
    self->wait_for(top);
  }

  observer hears() {
    return [this](const supervision_event& event) {
      const std::lock_guard guard{lock};
      told.push_back(event);
    };
  }

  watchdog make(watchdog_options options = {}) {
    return {system, table, hears(),
      [this](const std::string& complaint) {
        const std::lock_guard guard{lock};
        complaints.push_back(complaint);
      },
      options};
  }

  child_spec blocking(const std::string& id, worker_options options = {}) {
    return worker(id, via(names, id, spawns(blocker, way.opens(), count)), options);
  }

  void start(std::vector<child_spec> children) {
    const auto outcome = start_supervisor(
      system, {.limit = {100, 5s}, .children = std::move(children)}, {hears(), "root", table});
    top = std::get<started>(outcome).actor;
  }

  void block(const std::string& name, std::size_t all) {
    caf::anon_send(*names.find(name), block_atom::value);
    REQUIRE(eventually([&] { return count->ever == all; }));
  }

  /// "stuck root/a 1000": all that a watchdog has told since it was asked last.
  std::string told_by_watchdog() {
    const std::lock_guard guard{lock};
    std::string text;
    for (const supervision_event& each : told)
      if (each.ran_for)
        text += (text.empty() ? "" : ", ") + std::string{name(each.what)} + ' ' + each.path;
    told.clear();
    return text;
  }

  /// When the handler began that its actor is in.
  watchdog_time began(const std::string& name) const {
    return table->find(names.find(name)->id())->activity->current()->began;
  }

  int ask(const std::string& name) {
    caf::scoped_actor self{system};
    int answer = 0;
    self->request(*names.find(name), test::patience, echo_atom::value)
      .receive([&](int given) { answer = given; }, [](const caf::error&) {});
    return answer;
  }
};

TEST_CASE_FIXTURE(
  watched_world, "watchdog: a handler that is over its limit is told of, with all") {
  start({blocking("a"), blocking("b", {.handler_limit = 3s}),
    blocking("c", {.handler_limit = handlers_unlimited})});
  watchdog dog = make();
  const auto before = system.clock().now();
  block("a", 1);
  block("b", 2);
  dog.look(before);
  dog.look(before + 50ms); // makes room for a third
  block("c", 3);
  told_by_watchdog();
  dog.look(began("a") + 999ms);
  CHECK(told_by_watchdog().empty());
  dog.look(began("a") + 1'500ms);
  {
    const std::lock_guard guard{lock};
    REQUIRE(told.size() == 1);
    CHECK(told[0].what == child_change::stuck);
    CHECK(told[0].path == "root/a");
    CHECK(told[0].last_message == "atom");
    CHECK(*told[0].ran_for == 1'500ms);
    CHECK(told[0].reason == "its handler runs for 1.5 s; its limit is 1.0 s");
  }
  told_by_watchdog();
  const auto late = began("b") + 3s;
  dog.look(late);
  const std::string both = told_by_watchdog();
  CHECK((both == "stuck root/a, stuck root/b" || both == "stuck root/b, stuck root/a"));
  way.open();
  CHECK(ask("a") == 7);
  CHECK(ask("b") == 7);
  dog.look(late + 1s);
  const std::string back = told_by_watchdog();
  CHECK((back == "returned root/a, returned root/b" || back == "returned root/b, returned root/a"));
}

TEST_CASE_FIXTURE(watched_world, "watchdog: a dead one is told of as long as its handler runs on") {
  start({blocking("a")});
  watchdog dog = make();
  block("a", 1);
  const caf::actor old = *names.find("a");
  const auto since = began("a");
  caf::anon_send_exit(old, caf::exit_reason::kill);
  REQUIRE(eventually([&] { return names.find("a") && *names.find("a") != old; }));
  told_by_watchdog();
  dog.look(since + 1s);
  {
    const std::lock_guard guard{lock};
    REQUIRE(told.size() == 1);
    CHECK(told[0].reason == "killed, but its handler runs on, for 1.0 s; its limit is 1.0 s");
  }
  told_by_watchdog();
  way.open();
  REQUIRE(eventually([&] { return count->now == 0 && table->dead_in_handler().empty(); }));
  dog.look(since + 1'500ms);
  CHECK(told_by_watchdog() == "returned root/a");
}

TEST_CASE_FIXTURE(
  watched_world, "watchdog: one with a thread of its own is told of, without a spare") {
  start({worker("a", via(names, "a", spawns<caf::detached>(blocker, way.opens(), count)))});
  watchdog dog = make({.spares_max = 0});
  block("a", 1);
  told_by_watchdog();
  dog.look(began("a"));
  dog.look(began("a") + 1s);
  CHECK(told_by_watchdog() == "stuck root/a");
  const std::lock_guard guard{lock};
  CHECK(complaints.empty());
}

TEST_CASE_FIXTURE(watched_world, "watchdog: what those throw that it tells ends nobody") {
  start({blocking("a"), blocking("b")});
  std::size_t heard = 0;
  const auto throws = [&](const auto&) {
    ++heard;
    throw std::runtime_error{"no"};
  };
  watchdog dog{system, table, throws, throws, {.spares_max = 0}};
  block("a", 1);
  block("b", 2);
  dog.look(began("a"));
  dog.look(began("b") + 1s);
  CHECK(heard == 3);
}

// Ten handlers block two workers, and spares of them.
TEST_CASE_FIXTURE(watched_world, "watchdog: whatever blocks, the others go on") {
  std::vector<child_spec> children{blocking("other")};
  for (int i = 0; i < 10; ++i)
    children.push_back(blocking("blocked-" + std::to_string(i)));
  start(std::move(children));
  const watchdog_thread watched{system, make(), 1ms};
  for (std::size_t i = 0; i < 10; ++i)
    caf::anon_send(*names.find("blocked-" + std::to_string(i)), block_atom::value);
  CHECK(ask("other") == 7);
  REQUIRE(eventually([&] { return count->now == 10; })); // there was a worker for each
  CHECK(ask("other") == 7);
  const caf::actor before = *names.find("other"); // supervisors work, too
  caf::anon_send_exit(before, caf::exit_reason::kill);
  REQUIRE(eventually([&] { return names.find("other") && *names.find("other") != before; }));
  CHECK(ask("other") == 7);
  way.open();
  REQUIRE(eventually([&] { return count->now == 0; }));
  CHECK(ask("blocked-9") == 7);
}

TEST_CASE_FIXTURE(
  watched_world, "watchdog: more blocked ones than spares are complained of, once") {
  start({blocking("a"), blocking("b")});
  watchdog dog = make({.spares_max = 1});
  block("a", 1);
  block("b", 2);
  const auto now = system.clock().now();
  dog.look(now);
  for (int i = 1; i < 10; ++i)
    dog.look(now + i * 50ms);
  const std::lock_guard guard{lock};
  REQUIRE(complaints.size() == 1);
  CHECK(complaints[0].starts_with("2 handlers block their workers, and there are no more than 1"));
}

} // namespace
} // namespace aiex
