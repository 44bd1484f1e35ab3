#include "aiex/supervision/registry.hpp"

#include "support/actor_world.hpp"

#include <caf/event_based_actor.hpp>
#include <doctest/doctest.h>

namespace aiex {
namespace {

caf::behavior idle(caf::event_based_actor*) {
  return {[](int) {}};
}

TEST_CASE_FIXTURE(test::actor_world, "registry: a name leads to the living only") {
  const registry names;
  const auto first = system.spawn(idle);
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
  const auto first = system.spawn(idle);
  const auto second = system.spawn(idle);
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
  const auto one = system.spawn(idle);
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
  const auto one = system.spawn(idle);
  names.bind("a", one);
  std::optional<bool> is_found;
  one->attach_functor([&](const caf::error&) { is_found = names.find("a").has_value(); });
  kill(one);
  CHECK(is_found == false);
}

TEST_CASE_FIXTURE(test::actor_world, "registry: an actor that outlives it is no trouble") {
  const auto one = system.spawn(idle);
  {
    const registry names;
    names.bind("a", one);
  }
  kill(one);
}

} // namespace
} // namespace aiex
