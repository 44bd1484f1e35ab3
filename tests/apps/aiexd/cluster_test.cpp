// Real nodes in processes of their own, on this machine's loopback.
#include "support/running_cluster.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

using nlohmann::json;
using test::eventually;
using test::running_cluster;

std::size_t other_than(std::size_t one, std::size_t another = 0) {
  for (std::size_t number = 1;; ++number)
    if (number != one && number != another)
      return number;
}

TEST_CASE("cluster of processes: whoever is asked, all nodes have it, and say so") {
  const running_cluster cluster{3};
  for (std::size_t number = 1; number <= 3; ++number) {
    const auto done = cluster.append(number, "s", "t");
    REQUIRE_MESSAGE(done, done.error().message);
    const auto read = cluster.call(other_than(number), "events"); // linearizable
    REQUIRE(read);
    CHECK(std::ranges::count(read->body, '\n') == static_cast<std::ptrdiff_t>(number));
    CHECK_FALSE(read->is_stale);
  }
  const json synced = cluster.ask(2, "cluster_sync");
  CHECK(synced["position"] == 3);
  CHECK(synced["synced"].size() == 3);
  CHECK(synced["unreachable"].empty());
  for (std::size_t number = 2; number <= 3; ++number)
    CHECK(cluster.log_of(number) == cluster.log_of(1));

  CHECK(cluster.ask(1, "cluster_ping", {{"name", "n3"}})["answer"] == "pong");
  CHECK(cluster.ask(1, "cluster_ping", {{"name", "n9"}})["answer"] == "pang");
  const auto members = cluster.call(2, "cluster_members");
  REQUIRE(members);
  CHECK(std::ranges::count(members->body, '\n') == 3);
}

TEST_CASE("cluster of processes: one wins of two that expect the same, wherever they ask") {
  const running_cluster cluster{3};
  REQUIRE(cluster.append(2, "s", "first", {{"expect", 0}}));
  const auto lost = cluster.append(3, "s", "second", {{"expect", 0}});
  REQUIRE_FALSE(lost);
  CHECK(lost.error().code == errc::wrong_expected_version);
  CHECK(lost.error().actual == 1);
  CHECK(cluster.log_of(3).find("first") != std::string::npos); // it sees what it lost to
}

TEST_CASE("cluster of processes: the lead is handed over, and taken away before a stop") {
  const running_cluster cluster{3};
  const std::size_t next = other_than(cluster.leader(1));
  CHECK(cluster.ask(1, "cluster_transfer", {{"name", running_cluster::name_of(next)}})["leader"] ==
        running_cluster::name_of(next));
  REQUIRE(eventually([&] { return cluster.leader(other_than(next)) == next; }));
  const json drained = cluster.ask(1, "cluster_drain", {{"name", running_cluster::name_of(next)}});
  CHECK(drained["leader"] != running_cluster::name_of(next));
  CHECK(cluster.ask(1, "cluster_transfer", {{"name", "nobody"}})["error"] == "not_found");
}

TEST_CASE("cluster of processes: who leads hands over when it is told to stop") {
  running_cluster cluster{3};
  const std::size_t stopped = cluster.leader(1);
  const std::size_t left = other_than(stopped);
  const auto term = [&] { return cluster.ask(left, "cluster_status")["term"].get<int>(); };
  const int before = term();
  cluster.stop(stopped);
  CHECK(cluster.append(left, "s", "t"));
  CHECK(cluster.leader(left) != stopped);
  CHECK(term() == before + 1); // one election, by the one who was told to
}

TEST_CASE("cluster of processes: writes go on when the leader is killed, and it comes back") {
  running_cluster cluster{3};
  REQUIRE(cluster.append(1, "s", "before"));
  const std::size_t killed = cluster.leader(1);
  const std::size_t left = other_than(killed);
  cluster.kill(killed);
  const auto after = cluster.append(left, "s", "after"); // it waits for the next leader
  REQUIRE_MESSAGE(after, after.error().message);
  CHECK(cluster.health(left) == "degraded");
  cluster.start(killed);
  REQUIRE(eventually([&] { return cluster.health(left) == "healthy"; }));
  REQUIRE(eventually([&] { return cluster.log_of(killed) == cluster.log_of(left); }));
}

TEST_CASE("cluster of processes: a minority refuses at once, reads are marked, and it heals") {
  const running_cluster cluster{3};
  REQUIRE(cluster.append(1, "s", "t"));
  const std::size_t frozen[] = {2, 3};
  for (const std::size_t each : frozen)
    cluster.signal(each, SIGSTOP);
  REQUIRE(eventually([&] { return cluster.voters_linked(1) == 1; }));
  const auto refused = cluster.append(1, "s", "t");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::no_quorum);
  const auto read = cluster.call(1, "events");
  REQUIRE(read);
  CHECK(read->is_stale);
  CHECK(read->body.find(R"("stale":true)") != std::string::npos);
  CHECK(cluster.health(1) == "unhealthy");
  for (const std::size_t each : frozen)
    cluster.signal(each, SIGCONT);
  REQUIRE(eventually([&] { return cluster.append(1, "s", "healed").has_value(); }));
  REQUIRE(eventually([&] { return cluster.log_of(2) == cluster.log_of(1); }));
}

TEST_CASE("cluster of processes: who lost its disk is replaced under its own name") {
  running_cluster cluster{3};
  REQUIRE(cluster.append(1, "s", "t"));
  const std::size_t lost = other_than(cluster.leader(1), 1);
  cluster.kill(lost);
  cluster.lose_disk(lost);
  cluster.start(lost);
  const json replaced =
    cluster.ask(1, "cluster_replace", {{"old", running_cluster::name_of(lost)}});
  CHECK_MESSAGE(replaced.value("is_voter", false), replaced.dump());
  REQUIRE(eventually([&] { return cluster.health(1) == "healthy"; }));
  REQUIRE(eventually([&] { return cluster.log_of(lost) == cluster.log_of(1); }));
  CHECK(cluster.ask(1, "cluster_health")["voters"] == 3);
}

TEST_CASE("cluster of processes: a member leaves for good, and nobody counts it") {
  running_cluster cluster{3};
  const std::size_t gone = other_than(cluster.leader(1), 1);
  CHECK(cluster.ask(1, "cluster_remove", {{"name", running_cluster::name_of(gone)}})["removed"] ==
        running_cluster::name_of(gone));
  CHECK(cluster.ask(1, "cluster_health")["voters"] == 2);
  cluster.kill(gone);
  CHECK(cluster.append(1, "s", "t"));
  REQUIRE(eventually([&] { return cluster.health(1) == "healthy"; }));
}

TEST_CASE("cluster of processes: without an answer from its seeds a node waits, and never founds") {
  const test::temporary_folder folder;
  test::child_process waiting{{AIEX_AIEXD, "--name", "n2", "--data", folder.path() / "n2",
    "--listen", "127.0.0.1:0", "--http", "off", "--join", "127.0.0.1:1"}};
  REQUIRE(eventually([&] { return std::filesystem::exists(folder.path() / "n2" / "seeds"); }));
  CHECK_FALSE(std::filesystem::exists(folder.path() / "n2" / "identity"));
  waiting.send_signal(SIGTERM);
  CHECK(waiting.wait() == 0);
  CHECK_FALSE(std::filesystem::exists(folder.path() / "n2" / "identity"));
  // also if it is not told again: the folder remembers
  test::child_process again{{AIEX_AIEXD, "--name", "n2", "--data", folder.path() / "n2", "--listen",
    "127.0.0.1:0", "--http", "off"}};
  again.send_signal(SIGTERM);
  again.wait();
  CHECK_FALSE(std::filesystem::exists(folder.path() / "n2" / "identity"));
}

} // namespace
} // namespace aiex
