#include "aiex/supervision/workers/worker_pool.hpp"

#include "support/actor_world.hpp"
#include "support/blocking_world.hpp"
#include "support/eventually.hpp"

#include <caf/scoped_actor.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

namespace aiex {
namespace {

using test::block_atom;
using test::blocking_world;
using test::echo_atom;
using test::eventually;

struct pool_world : blocking_world {
  worker_pool pool = *worker_pool::of(system);
  std::vector<caf::actor> blockers;

  /// So many more handlers block when this returns, if there were workers for them.
  void block(std::size_t more) {
    const std::size_t before = count->now;
    for (std::size_t i = 0; i < more; ++i) {
      blockers.push_back(start_blocker());
      caf::anon_send(blockers.back(), block_atom::value);
    }
    REQUIRE(eventually([&] { return count->now == before + more; }));
  }

  int ask(const caf::actor& whom) {
    caf::scoped_actor self{system};
    int answer = 0;
    self->request(whom, test::patience, echo_atom::value)
      .receive([&](int given) { answer = given; }, [](const caf::error&) {});
    return answer;
  }
};

TEST_CASE_FIXTURE(pool_world, "worker_pool: it can be seen who is in which actor, and since when") {
  CHECK(pool.workers() == 2);
  REQUIRE(eventually([&] { return pool.turns().empty(); }));
  block(1);
  const auto turns = pool.turns();
  const auto in_it = std::find_if(turns.begin(), turns.end(),
    [&](const worker_turn& each) { return each.actor == blockers[0].id(); });
  REQUIRE(in_it != turns.end());
  const auto other = start_blocker();
  for (int i = 0; i < 10; ++i)
    CHECK(ask(other) == 7);
  const auto later = pool.turns();
  CHECK(std::find(later.begin(), later.end(), *in_it) != later.end()); // it is the same
  way.open();
  CHECK(ask(blockers[0]) == 7);
  REQUIRE(eventually([&] { return pool.turns().empty(); }));
}

TEST_CASE_FIXTURE(pool_world, "worker_pool: spare workers do what blocked ones do not come to do") {
  const auto other = start_blocker();
  block(2);
  CHECK(pool.want_spares(1) == 1);
  for (int i = 0; i < 100; ++i)
    CHECK(ask(other) == 7);
  block(1); // and a spare one is blocked, too
  CHECK(pool.want_spares(10) == 10);
  block(8);
  CHECK(ask(other) == 7);
  CHECK(pool.turns().size() >= 11);
}

TEST_CASE_FIXTURE(
  pool_world, "worker_pool: spares that are not wanted do nothing, until they are") {
  const auto other = start_blocker();
  for (const std::size_t wanted : {4U, 0U, 2U, 0U, 1U, 0U}) {
    CHECK(pool.want_spares(wanted) == wanted);
    for (int i = 0; i < 20; ++i)
      CHECK(ask(other) == 7); // whoever is woken for it
  }
  block(2);
  blockers.push_back(start_blocker());
  caf::anon_send(blockers.back(), block_atom::value);
  CHECK(pool.want_spares(2) == 2);
  CHECK(eventually([&] { return count->now == 3; }));
  way.open();
  CHECK(eventually([&] { return count->now == 0; }));
  CHECK(pool.want_spares(0) == 0);
  CHECK(ask(other) == 7);
}

TEST_CASE_FIXTURE(pool_world, "worker_pool: there are not more spares than the limit says") {
  CHECK(pool.want_spares(spare_workers_max + 1) == spare_workers_max);
  CHECK(pool.want_spares(0) == 0);
}

TEST_CASE("worker_pool: a system with another scheduler has none") {
  test::actor_world world;
  CHECK_FALSE(worker_pool::of(world.system));
}

} // namespace
} // namespace aiex
