#include "aiex/supervision/process/exit_kind.hpp"
#include "aiex/supervision/process/monitors.hpp"
#include "aiex/supervision/tree/spawns.hpp"

#include "support/actor_world.hpp"
#include "support/remote_world.hpp"

#include <caf/sec.hpp>
#include <caf/stateful_actor.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace aiex {
namespace {

using words = std::vector<std::string>;

/// Ends as it is told; before that it may say something.
caf::behavior mortal(caf::event_based_actor* self) {
  return {[self](const std::string& word) {
            if (word == "throw")
              throw std::runtime_error{"thrown"};
            self->quit(word == "end" ? shutdown_reason() : caf::error{});
          },
    [self](const caf::actor& listener, int count) {
      for (int i = 0; i < count; ++i)
        self->send(listener, i);
      self->quit(caf::make_error(caf::sec::runtime_error, std::string{"said it all"}));
    }};
}

using deed = std::function<void(monitors&)>;
using notes = std::shared_ptr<words>;

struct watcher_state {
  std::unique_ptr<monitors> all;
};

/// Does with its monitors what it is given.
caf::behavior watcher(caf::stateful_actor<watcher_state>* self, notes into) {
  self->state.all = std::make_unique<monitors>(self, [into](const down& heard) {
    into->push_back(std::to_string(heard.ref) + ' ' + exit_text(heard.reason));
  });
  return {[self](const std::shared_ptr<deed>& what) { (*what)(*self->state.all); },
    [into](int said) { into->push_back("said " + std::to_string(said)); }};
}

/// Makes one more than it may have.
caf::behavior few_monitors(caf::event_based_actor* self, caf::actor whom, notes into) {
  monitors few{self, [](const down&) {}, 2};
  for (int i = 0; i < 2; ++i)
    few.monitor(whom);
  try {
    few.monitor({});
  } catch (const std::length_error& full) {
    into->emplace_back(full.what());
  }
  few.demonitor(1);
  few.monitor(whom);
  return {[](int) {}};
}

} // namespace
} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::shared_ptr<aiex::deed>)

namespace aiex {
namespace {

struct monitors_world : test::actor_world {
  ~monitors_world() {
    for (const caf::actor& each : {listener, other})
      if (each)
        kill(each);
  }
  void queue(deed what) { caf::anon_send(listener, std::make_shared<deed>(std::move(what))); }
  void act(deed what) {
    queue(std::move(what));
    settle();
  }
  void end(const std::string& how = "end") {
    caf::anon_send(other, how);
    settle();
  }

  notes heard = std::make_shared<words>();
  caf::actor other = std::get<started>(spawn_eager(system, mortal)).actor;
  caf::actor listener = std::get<started>(spawn_eager(system, watcher, heard)).actor;
};

TEST_CASE_FIXTURE(monitors_world, "monitors: n monitors give n downs, in the order of making") {
  act([&](monitors& all) {
    for (int i = 0; i < 4; ++i)
      all.monitor(other);
    all.demonitor(2);
  });
  CHECK(heard->empty());
  end();
  CHECK(*heard == words{"1 shutdown", "3 shutdown", "4 shutdown"});
}

TEST_CASE_FIXTURE(monitors_world, "monitors: each end is told with its reason") {
  const std::pair<const char*, const char*> table[] = {
    {"end", "1 shutdown"}, {"normally", "1 normal"}, {"throw", "1 thrown"}};
  for (const auto& [how, expected] : table) {
    CAPTURE(how);
    monitors_world world;
    world.act([&](monitors& all) { all.monitor(world.other); });
    world.end(how);
    CHECK(*world.heard == words{expected});
  }
  act([&](monitors& all) { all.monitor(other); });
  kill(other);
  CHECK(*heard == words{"1 killed"});
}

TEST_CASE_FIXTURE(monitors_world, "monitors: after demonitor none comes") {
  act([&](monitors& all) {
    CHECK(all.demonitor(all.monitor(other)));
    CHECK_FALSE(all.demonitor(1));
    CHECK_FALSE(all.demonitor(77));
  });
  end();
  CHECK(heard->empty());
}

// Its down lies in the mailbox when the monitor is taken away: demonitor(Ref, [flush]).
TEST_CASE_FIXTURE(monitors_world, "monitors: not even one that lies in the mailbox already") {
  act([&](monitors& all) {
    all.monitor(other);
    all.monitor(other);
  });
  queue([&](monitors& all) {
    caf::anon_send_exit(other, caf::exit_reason::kill); // it is dead when this returns
    CHECK(all.demonitor(1));
  });
  settle();
  CHECK(*heard == words{"2 killed"});
}

TEST_CASE_FIXTURE(monitors_world, "monitors: one taken away by the down before it is silent") {
  monitors* its = nullptr;
  const auto second = std::make_shared<words>();
  const auto begin = [&](caf::event_based_actor* self, const notes&) -> caf::behavior {
    auto all = std::make_shared<monitors>(self, [second, &its](const down& told) {
      second->push_back(std::to_string(told.ref));
      its->demonitor(told.ref + 1);
    });
    its = all.get();
    for (int i = 0; i < 3; ++i)
      all->monitor(other);
    return {[all](const std::string&) {}};
  };
  const caf::actor taker = system.spawn(begin, second);
  settle();
  end();
  CHECK(*second == words{"1", "3"});
  kill(taker);
}

TEST_CASE_FIXTURE(monitors_world, "monitors: one that has ended, or nobody, is down at once") {
  end();
  act([&](monitors& all) {
    all.monitor(other);
    all.monitor({});
    all.monitor(other);
    all.demonitor(2);
    CHECK(heard->empty()); // not before `monitor` has returned
  });
  CHECK(*heard == words{"1 noproc", "3 noproc"});
}

// The first was monitored while it lived; the second is made before its down is heard.
TEST_CASE_FIXTURE(
  monitors_world, "monitors: a late one beside a timely one has a reason of its own") {
  act([&](monitors& all) { all.monitor(other); });
  act([&](monitors& all) {
    caf::anon_send_exit(other, caf::exit_reason::kill);
    all.monitor(other);
  });
  CHECK(*heard == words{"1 killed", "2 noproc"});
}

TEST_CASE_FIXTURE(monitors_world, "monitors: of itself never speaks") {
  act([&](monitors& all) {
    all.monitor(listener);
    CHECK(all.demonitor(all.monitor(listener)));
  });
  end();
  CHECK(heard->empty());
}

TEST_CASE_FIXTURE(
  monitors_world, "monitors: a down comes behind what its actor has sent, in order") {
  act([&](monitors& all) { all.monitor(other); });
  caf::anon_send(other, listener, 1'000);
  settle();
  REQUIRE(heard->size() == 1'001);
  for (int i = 0; i < 1'000; ++i)
    REQUIRE(heard->at(static_cast<std::size_t>(i)) == "said " + std::to_string(i));
  CHECK(heard->back() == "1 said it all");
}

TEST_CASE_FIXTURE(monitors_world, "monitors: who is watched forgets those that have ended") {
  const caf::actor whom = std::get<started>(spawn_eager(system, mortal)).actor;
  const auto life = life_of(whom);
  const std::size_t before = life->watchers();
  const caf::actor one =
    std::get<started>(spawn_eager(system, watcher, std::make_shared<words>())).actor;
  caf::anon_send(one, std::make_shared<deed>([whom](monitors& its) { its.monitor(whom); }));
  settle();
  CHECK(life->watchers() == before + 1);
  kill(one);
  CHECK(life->watchers() == before);
  kill(whom);
}

TEST_CASE_FIXTURE(
  monitors_world, "monitors: as many as there may be, and one that ends makes room") {
  const caf::actor few = std::get<started>(spawn_eager(system, few_monitors, other, heard)).actor;
  REQUIRE(heard->size() == 1);
  CHECK(heard->front() == "no monitor is made: this actor has 2 already, as many as it may have; "
                          "end those it no longer needs");
  kill(few);
}

struct remote_monitors : test::remote_world {
  caf::actor mortal_of_far() {
    return from_near(keep(std::get<started>(spawn_eager(far, mortal)).actor));
  }
  static caf::behavior remote_watcher(
    caf::stateful_actor<watcher_state>* self, std::shared_ptr<test::notes_of_all> into) {
    self->state.all = std::make_unique<monitors>(self, [into](const down& told) {
      into->add(std::to_string(told.ref) + ' ' + exit_text(told.reason));
    });
    return {[self](const caf::actor& whom) { self->state.all->monitor(whom); }};
  }
  void watch(const caf::actor& whom) { tell(watching, whom); }

  caf::actor watching = keep(std::get<started>(spawn_eager(near, remote_watcher, heard)).actor);
};

TEST_CASE("monitors: a remote one's end is told with its reason, to each of them") {
  const std::pair<const char*, const char*> table[] = {
    {"end", "shutdown"}, {"normally", "normal"}, {"throw", "thrown"}};
  for (const auto& [how, reason] : table) {
    CAPTURE(how);
    remote_monitors world;
    const caf::actor whom = world.mortal_of_far();
    world.watch(whom);
    world.watch(whom);
    caf::anon_send(whom, std::string{how});
    CHECK(world.heard->after(2) == words{std::string{"1 "} + reason, std::string{"2 "} + reason});
    world.watch(whom);
    CHECK(world.heard->after(3).back() == "3 noproc");
  }
}

TEST_CASE_FIXTURE(
  remote_monitors, "monitors: who has only a monitor of a remote one hears its end") {
  watch(mortal_of_far());
  watch(mortal_of_far());
  cut();
  auto all = heard->after(2);
  std::sort(all.begin(), all.end()); // of two actors, in any order
  CHECK(all == words{"1 remote_link_unreachable", "2 remote_link_unreachable"});
}

} // namespace
} // namespace aiex
