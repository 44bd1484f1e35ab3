#include "aiex/actors/cluster/cluster_health.hpp"

#include "support/sample_events.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

using consensus::member_role;
using test::id_of;

/// Five voters and a learner, seen from the first; all is well.
seen_cluster whole() {
  seen_cluster seen{id_of(1), id_of(2), {id_of(100), {}}, {}, {}};
  for (std::uint64_t i = 1; i <= 6; ++i) {
    seen.members.members.push_back(
      {id_of(i), i == 6 ? member_role::learner : member_role::voter, "n" + std::to_string(i), "a"});
    seen.applied[id_of(i)] = 5'000;
    if (i > 1)
      seen.linked.insert(id_of(i));
  }
  return seen;
}

TEST_CASE("cluster health: each word has its reason") {
  CHECK(health_of(whole()).health == cluster_health::healthy);

  seen_cluster one_missing = whole();
  one_missing.linked.erase(id_of(4));
  CHECK(health_of(one_missing).health == cluster_health::degraded);
  CHECK(health_of(one_missing).reason == "not linked with n4");

  seen_cluster without_learner = whole();
  without_learner.linked.erase(id_of(6));
  CHECK(health_of(without_learner).health == cluster_health::healthy);

  seen_cluster minority = whole();
  minority.linked = {id_of(5), id_of(6)};
  CHECK(health_of(minority).health == cluster_health::unhealthy);
  CHECK(health_of(minority).reason == "no majority: not linked with n2, n3, n4");

  seen_cluster leaderless = whole();
  leaderless.leader = {};
  CHECK(health_of(leaderless).health == cluster_health::unhealthy);

  seen_cluster alone = whole();
  alone.members.members.resize(1);
  CHECK(health_of(alone).health == cluster_health::single_node);

  seen_cluster removed = whole();
  removed.members.members.erase(removed.members.members.begin());
  CHECK(health_of(removed).health == cluster_health::unhealthy);

  seen_cluster joining = whole();
  joining.members.members.clear();
  CHECK(health_of(joining).health == cluster_health::unhealthy);
  CHECK(health_of(joining).reason != health_of(removed).reason);
}

TEST_CASE("cluster health: a voter may be so far behind and no further") {
  seen_cluster seen = whole();
  seen.applied[id_of(3)] = 5'000 - lag_entries_max;
  CHECK(health_of(seen).health == cluster_health::healthy);
  CHECK(lag_of(seen, id_of(3)) == lag_entries_max);
  --seen.applied[id_of(3)];
  CHECK(health_of(seen).health == cluster_health::degraded);
  CHECK(health_of(seen).reason == "far behind: n3");
  seen.applied.erase(id_of(3)); // it has not said it yet
  CHECK(health_of(seen).health == cluster_health::healthy);
  CHECK(lag_of(seen, id_of(3)) == 0);
}

TEST_CASE("cluster health: who leads next is a linked voter, and the furthest") {
  seen_cluster seen = whole();
  seen.applied[id_of(1)] = seen.applied[id_of(3)] = 4'000;
  seen.linked.erase(id_of(4));
  CHECK(successor_of(seen, id_of(2))->id == id_of(5)); // 4 is not linked, 6 has no vote
  seen.applied[id_of(5)] = 3'000;
  CHECK(successor_of(seen, id_of(2))->id == id_of(1)); // this node, the first of two alike
  CHECK(successor_of(seen, id_of(1))->id == id_of(2));
  seen.linked.clear();
  CHECK_FALSE(successor_of(seen, id_of(1)));
}

} // namespace
} // namespace aiex
