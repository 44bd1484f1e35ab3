#include "aiex/supervision/process/living_children.hpp"
#include "aiex/supervision/process/process.hpp"
#include "aiex/supervision/tree/spawns.hpp"
#include "aiex/supervision/tree/supervisor.hpp"

#include "support/actor_world.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>
#include <doctest/doctest.h>

#include <memory>
#include <variant>
#include <vector>

namespace aiex {
namespace {

caf::behavior idle(caf::event_based_actor*) {
  return {[](int) {}};
}

struct living_world : test::actor_world {
  caf::actor start() { return std::get<started>(spawn_eager(system, idle)).actor; }
};

TEST_CASE_FIXTURE(living_world, "living_children: all are killed, also one that comes too late") {
  living_children all;
  const caf::actor here = start();
  const caf::actor gone = start();
  const caf::actor late = start();
  all.emplace(here.id(), here);
  all.emplace(gone.id(), gone);
  CHECK(all.contains(gone.id()));
  all.erase(gone.id());
  CHECK_FALSE(all.at(gone.id()));

  all.kill_all(); // nothing settles: they are dead when it returns
  CHECK(has_ended(here));
  CHECK_FALSE(has_ended(gone));
  all.emplace(late.id(), late);
  CHECK(has_ended(late));
  kill(gone);
}

TEST_CASE_FIXTURE(living_world, "supervisor: its children are dead before its parent hears") {
  std::vector<caf::actor> children;
  const auto child = [&](const char* id) {
    return worker(id, [&](caf::event_based_actor& above) -> start_outcome {
      children.push_back(std::get<started>(spawn_eager(above.system(), idle)).actor);
      return started{children.back()};
    });
  };
  const auto made = start_supervisor(system, {.children = {child("a"), child("b")}}, {});
  const caf::actor top = std::get<started>(made).actor;
  settle();
  REQUIRE(children.size() == 2);
  std::vector<bool> dead;
  top->attach_functor([&](const caf::error&) {
    for (const caf::actor& each : children)
      dead.push_back(has_ended(each));
  });
  caf::anon_send_exit(top, caf::exit_reason::kill); // nothing settles here either
  CHECK(dead == std::vector<bool>{true, true});
}

} // namespace
} // namespace aiex
