#include "aiex/supervision/process/crash_reason.hpp"
#include "aiex/supervision/process/exit_kind.hpp"
#include "aiex/supervision/process/exit_reasons.hpp"
#include "aiex/supervision/process/links.hpp"
#include "aiex/supervision/process/process.hpp"
#include "aiex/supervision/tree/spawns.hpp"

#include "support/actor_world.hpp"
#include "support/remote_world.hpp"

#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>
#include <doctest/doctest.h>

#include <functional>
#include <latch>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace aiex {
namespace {

using words = std::vector<std::string>;
using notes = std::shared_ptr<words>;
using deed = std::function<void(const links&)>;

/// Does with its links what it is given.
caf::behavior linked(caf::event_based_actor* self, notes into, bool traps) {
  const links its{self};
  if (traps)
    its.trap_exit([into](const exit_signal& heard) { into->push_back(exit_text(heard.reason)); });
  return {
    [its](const std::shared_ptr<deed>& what) { (*what)(its); },
  };
}

} // namespace
} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::shared_ptr<aiex::deed>)

namespace aiex {
namespace {

caf::error abnormal() {
  return caf::make_error(caf::sec::runtime_error, std::string{"no money"});
}

struct links_world : test::actor_world {
  ~links_world() {
    for (const caf::actor& each : all)
      kill(each);
  }
  caf::actor make(bool traps = false) {
    all.push_back(std::get<started>(spawn_eager(system, linked, heard, traps)).actor);
    return all.back();
  }
  void act(const caf::actor& who, deed what) {
    caf::anon_send(who, std::make_shared<deed>(std::move(what)));
    settle();
  }
  void link(const caf::actor& one, const caf::actor& two) {
    act(one, [&](const links& its) { its.link(two); });
  }
  void unlink(const caf::actor& one, const caf::actor& two) {
    act(one, [&](const links& its) { its.unlink(two); });
  }
  void end(const caf::actor& who, const caf::error& reason) {
    send_stop(who, {}, reason);
    settle();
  }
  static std::string state(const caf::actor& who) {
    const auto end = end_of(who);
    return end ? exit_text(*end) : "lives";
  }

  notes heard = std::make_shared<words>();
  std::vector<caf::actor> all;
};

/// A reason, and what becomes of who hears it.
struct example {
  const char* name;
  caf::error reason;
  bool traps;
  const char* state;
  words heard;
};

TEST_CASE("links: the end of the one reaches the other, whoever made the link") {
  const example table[] = {
    {"normal", caf::exit_reason::normal, false, "lives", {}},
    {"normal, trapped", caf::exit_reason::normal, true, "lives", {"normal"}},
    {"shutdown", shutdown_reason(), false, "shutdown", {}},
    {"abnormal", abnormal(), false, "no money", {}},
    {"abnormal, trapped", abnormal(), true, "lives", {"no money"}},
    {"killed", caf::exit_reason::kill, false, "killed", {}},
    {"killed, trapped", caf::exit_reason::kill, true, "lives", {"killed"}},
  };
  for (const example& row : table)
    for (const bool turned : {false, true}) {
      CAPTURE(row.name);
      links_world world;
      const caf::actor one = world.make();
      const caf::actor two = world.make(row.traps);
      turned ? world.link(two, one) : world.link(one, two);
      world.end(one, row.reason);
      CHECK(world.state(two) == row.state);
      CHECK(*world.heard == row.heard);
    }
}

// A kill ends one; what it is linked to may trap that, in OTP's words killed.
TEST_CASE_FIXTURE(
  links_world, "links: an exit signal is as one of a link, but for kill and killed") {
  const example table[] = {
    {"normal", caf::exit_reason::normal, false, "lives", {}},
    {"normal, trapped", caf::exit_reason::normal, true, "lives", {"normal"}},
    {"abnormal", abnormal(), false, "no money", {}},
    {"abnormal, trapped", abnormal(), true, "lives", {"no money"}},
    {"kill", caf::exit_reason::kill, false, "killed", {}},
    {"kill, not to be trapped", caf::exit_reason::kill, true, "killed", {}},
    {"killed, trapped", killed_reason(), true, "lives", {"killed"}},
  };
  const caf::actor sender = make();
  for (const example& row : table) {
    CAPTURE(row.name);
    heard->clear();
    const caf::actor whom = make(row.traps);
    send_exit_signal(sender.address(), whom, row.reason);
    settle();
    CHECK(state(whom) == row.state);
    CHECK(*heard == row.heard);
  }
}

TEST_CASE_FIXTURE(
  links_world, "links: a chain of three ends together, with the first one's reason") {
  const caf::actor one = make();
  const caf::actor two = make();
  const caf::actor three = make();
  link(one, two);
  link(two, three);
  kill(one);
  CHECK(state(one) == "killed");
  CHECK(state(three) == "killed");
  CHECK(end_of(three) != end_of(one)); // killed, and that could have been trapped
}

TEST_CASE_FIXTURE(links_world, "links: twice is once, from either side, and one unlink ends it") {
  const caf::actor one = make();
  const caf::actor two = make(true);
  link(one, two);
  link(two, one);
  link(one, two);
  SUBCASE("one signal") {
    end(one, abnormal());
    CHECK(*heard == words{"no money"});
  }
  SUBCASE("unlinked by the other") {
    unlink(two, one);
    end(one, abnormal());
    CHECK(heard->empty());
  }
  SUBCASE("and linked again") {
    unlink(two, one);
    link(two, one);
    end(one, abnormal());
    CHECK(*heard == words{"no money"});
  }
}

TEST_CASE_FIXTURE(links_world, "links: unlink takes away a signal that lies in the mailbox") {
  const caf::actor one = make();
  const caf::actor two = make(true);
  const caf::actor three = make();
  link(two, one);
  link(three, one);
  act(two, [&](const links& its) {
    caf::anon_send_exit(one, caf::exit_reason::kill); // its signal lies there when this returns
    its.unlink(one);
  });
  CHECK(heard->empty());
  CHECK(state(three) == "killed");
}

TEST_CASE_FIXTURE(links_world, "links: to one that has ended, or nobody, is a signal of noproc") {
  const caf::actor gone = make();
  kill(gone);
  const caf::actor trapping = make(true);
  link(trapping, gone);
  CHECK(*heard == words{"noproc"});
  const caf::actor other = make();
  act(other, [](const links& its) { its.link({}); });
  CHECK(state(other) == "noproc");
}

TEST_CASE_FIXTURE(links_world, "links: to itself is nothing") {
  const caf::actor one = make(true);
  link(one, one);
  unlink(one, one);
  kill(one);
  CHECK(heard->empty());
}

TEST_CASE_FIXTURE(links_world, "links: only a process has them") {
  bool refused = false;
  const caf::actor plain = system.spawn([&refused](caf::event_based_actor* self) -> caf::behavior {
    try {
      const links its{self};
    } catch (const std::logic_error&) {
      refused = true;
    }
    return {[](int) {}};
  });
  settle();
  CHECK(refused);
  all.push_back(plain);
}

TEST_CASE_FIXTURE(links_world, "links: nothing is kept of those that have ended") {
  const caf::actor survivor = make(true);
  const auto life = life_of(survivor);
  const std::size_t before = life->watchers();
  for (int i = 0; i < 1'000; ++i) {
    const caf::actor other = std::get<started>(spawn_eager(system, linked, heard, false)).actor;
    act(survivor, [other](const links& its) { its.link(other); });
    kill(other);
    REQUIRE(life->watchers() <= before + 2);
  }
  CHECK(heard->size() == 1'000);
}

TEST_CASE_FIXTURE(links_world, "links: what throws when it hears of an end says so") {
  const caf::actor other = make();
  const caf::actor one = make();
  act(one, [other](const links& its) {
    its.trap_exit([](const exit_signal&) { throw std::runtime_error{"cannot hear"}; });
    its.link(other);
  });
  auto died = std::make_shared<caf::error>();
  one->attach_functor([died](const caf::error& why) { *died = why; });
  kill(other);
  CHECK(crash_reason_of(*died) == crash_reason{"cannot hear", "exit"});
}

TEST_CASE_FIXTURE(
  links_world, "links: as many as there may be, and one that is taken away makes room") {
  const caf::actor one = make(), two = make(), three = make(), four = make();
  const links few{
    dynamic_cast<caf::event_based_actor*>(caf::actor_cast<caf::abstract_actor*>(one)), 2};
  few.link(two);
  few.link(three);
  few.link(three); // is there
  CHECK_THROWS_WITH_AS(few.link(four),
    "no link is made: this actor has 2 already, as many as it may have; unlink those it no longer "
    "needs",
    std::length_error);
  few.unlink(two);
  few.link(four);
  act(two, [one](const links& its) { // who has said how many it may have has said it to all
    CHECK_THROWS_WITH_AS(its.link(one),
      "no link is made: the actor to be linked to has 2 already, as many as it may have; unlink "
      "those it no longer needs",
      std::length_error);
  });
  const links more{
    dynamic_cast<caf::event_based_actor*>(caf::actor_cast<caf::abstract_actor*>(one))};
  CHECK_THROWS_AS(more.link(two), std::length_error);
}

// Looking for the one among all, each time, would take hours of work for `links_max` of them.
TEST_CASE_FIXTURE(
  links_world, "links: of those that are unlinked little is kept, for either side") {
  const caf::actor one = make();
  const auto life = life_of(one);
  const std::size_t before = life->watchers();
  std::vector<caf::actor> others;
  for (int i = 0; i < 100; ++i)
    others.push_back(make());
  for (const caf::actor& each : others)
    link(one, each);
  CHECK(life->watchers() == before + 100);
  for (std::size_t left = others.size(); left > 0; --left) {
    unlink(one, others[left - 1]);
    REQUIRE(life->watchers() <= before + 2 * left);
  }
  CHECK(life->watchers() <= before + 1);
  CHECK(life_of(others[0])->watchers() <= before);
}

/// Links to `other` and unlinks, in its thread, as long as there are messages for that.
struct link_race {
  caf::actor_system_config config;
  caf::actor_system system{config.set("scheduler.max-threads", std::size_t{2})};
};

TEST_CASE("links: a link beside an unlink of the other leaves no watcher for long") {
  link_race world;
  const auto heard = std::make_shared<words>();
  const auto start = [&] {
    return std::get<started>(spawn_eager(world.system, linked, heard, false)).actor;
  };
  const caf::actor one = start();
  const caf::actor two = start();
  const std::size_t before = life_of(one)->watchers() + life_of(two)->watchers();
  std::latch done{2};
  const auto keep_on = [&](const caf::actor& whom, const caf::actor& other) {
    for (int i = 0; i < 2'000; ++i)
      caf::anon_send(whom, std::make_shared<deed>([other](const links& its) {
        its.link(other);
        its.unlink(other);
      }));
    caf::anon_send(whom, std::make_shared<deed>([&done](const links&) { done.count_down(); }));
  };
  keep_on(one, two);
  keep_on(two, one);
  done.wait();
  CHECK(life_of(one)->watchers() + life_of(two)->watchers() <= before + 2);
  for (const caf::actor& each : {one, two})
    caf::anon_send_exit(each, caf::exit_reason::kill);
}

/// One here and one far away; both note what they trap.
struct remote_links : test::remote_world {
  static caf::behavior remote_linked(
    caf::event_based_actor* self, std::shared_ptr<test::notes_of_all> into, std::string traps) {
    const links its{self};
    if (!traps.empty())
      its.trap_exit([=](const exit_signal& told) { into->add(traps + exit_text(told.reason)); });
    return {
      [its](const caf::actor& whom) { its.link(whom); },
      [self](const std::string& why) { self->quit(caf::make_error(caf::sec::runtime_error, why)); },
    };
  }
  caf::actor spawn_in(caf::actor_system& system, const char* traps = "") {
    return keep(std::get<started>(spawn_eager(system, remote_linked, heard, traps)).actor);
  }
};

TEST_CASE_FIXTURE(remote_links, "links: the end of a remote one reaches us, and ours reaches it") {
  const caf::actor here = spawn_in(near, "here: ");
  const caf::actor there = spawn_in(far);
  tell(here, from_near(there));
  tell(here, from_near(spawn_in(far, "there: ")));
  caf::anon_send(from_near(there), std::string{"no money"});
  CHECK(heard->after(1) == words{"here: no money"});
  caf::anon_send(here, std::string{"no time"});
  CHECK(heard->after(2) == words{"here: no money", "there: no time"});
}

TEST_CASE_FIXTURE(remote_links, "links: to one whose node is gone, however few have its handle") {
  const caf::actor trapping = spawn_in(near, "here: ");
  const caf::actor other = spawn_in(near);
  for (const caf::actor& each : {trapping, other})
    tell(each, from_near(spawn_in(far)));
  cut();
  CHECK(heard->after(1) == words{"here: remote_link_unreachable"});
  CHECK(test::eventually([&] { return has_ended(other); }));
  CHECK(end_of(other) == caf::error{caf::exit_reason::remote_link_unreachable});
}

} // namespace
} // namespace aiex
