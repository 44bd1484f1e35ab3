#include "aiex/actors/flow/crash_ledger.hpp"
#include "aiex/persistence/codec/json_reader.hpp"
#include "aiex/supervision/tree/spawns.hpp"
#include "aiex/supervision/tree/supervisor.hpp"

#include "support/flow_world.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

using namespace std::chrono_literals;

caf::behavior fragile(caf::event_based_actor*) {
  return {[](const std::string& why) { throw std::runtime_error{why}; }};
}

struct ledger_world : test::flow_world {
  std::shared_ptr<crash_ledger_memory> memory =
    std::make_shared<crash_ledger_memory>([] { return test::at_us(7); },
      [last = std::make_shared<std::uint64_t>(0)] { return test::id_of(++*last); });
  node_services services{"node1", {}, {}, events, nullptr, nullptr, {}, {}, {}};
  std::vector<caf::actor> kept;

  ~ledger_world() {
    for (const caf::actor& each : kept)
      kill(each);
  }

  caf::actor supervise(std::vector<child_spec> children) {
    auto outcome = start_supervisor(
      system, {.limit = {3, 60s}, .children = std::move(children)}, {observer_of(memory), "aiexd"});
    settle();
    kept.push_back(std::get<started>(outcome).actor);
    return kept.back();
  }
  child_spec ledger() {
    return worker("ledger", via(services.names, "ledger", spawns(crash_ledger, services, memory)));
  }
  child_spec crashing() {
    return worker("crashing", via(services.names, "crashing", spawns(fragile)));
  }
  void crash_it(const std::string& why) {
    caf::anon_send(*services.names.find("crashing"), why);
    settle();
  }
  std::vector<std::string> recorded() {
    std::vector<std::string> all;
    const auto page = read({.stream = std::string{supervision_stream}});
    json_reader reader;
    for (const recorded_event& each : (*page)->events) {
      crash seen;
      REQUIRE(reader.read(each.data, seen));
      all.push_back(std::string{each.type} + " " + seen.child + " " + seen.reason);
    }
    return all;
  }
  crash_ledger_statistics statistics() {
    return ask<crash_ledger_statistics>(
      *services.names.find("ledger"), crash_ledger_statistics_call{});
  }
};

const std::vector<std::string> one_crash{
  "child_exited aiexd/crashing no luck", "child_restarting aiexd/crashing "};

TEST_CASE_FIXTURE(ledger_world, "crash_ledger: writes crashes, and nothing while all goes well") {
  const caf::actor top = supervise({crashing(), ledger()});
  ask<supervision_answer>(top, terminate_child_call{"crashing"});
  ask<start_child_answer>(top, restart_child_call{"crashing"});
  CHECK(log->head()->position == position{});
  crash_it("no luck");
  CHECK(recorded() == one_crash);
  CHECK(statistics().recorded == 2);
  CHECK(memory->waiting() == 0);
  query by_tag{.stream = std::string{supervision_stream}, .tags = {"crashing"}};
  CHECK((*read(by_tag))->events.size() == 2);
}

TEST_CASE_FIXTURE(ledger_world, "crash_ledger: what was noted before it runs is written then") {
  supervise({crashing()});
  crash_it("no luck");
  CHECK(recorded().empty());
  CHECK(memory->waiting() == 2);
  supervise({ledger()});
  CHECK(recorded() == one_crash);
}

TEST_CASE_FIXTURE(ledger_world, "crash_ledger: what is noted before it has its name is written") {
  kept.push_back(std::get<started>(spawn_eager(system, crash_ledger, services, memory)).actor);
  settle();
  CHECK_FALSE(services.names.find("ledger"));
  supervise({crashing()});
  crash_it("no luck");
  CHECK(recorded() == one_crash);
}

TEST_CASE_FIXTURE(ledger_world, "crash_ledger: its own crashes stand in it, too") {
  supervise({ledger()});
  kill(*services.names.find("ledger"));
  CHECK(recorded() == std::vector<std::string>{
                        "child_exited aiexd/ledger killed", "child_restarting aiexd/ledger "});
}

TEST_CASE_FIXTURE(ledger_world, "crash_ledger: a failed append is repeated later") {
  store full = events;
  services.events =
    store{writer, {}, log, std::make_shared<append_gate>(append_gate::limit{.appends = 0})};
  supervise({crashing(), ledger()});
  crash_it("no luck");
  CHECK(statistics().failures == 1);
  advance(crash_ledger_pause);
  const auto told = statistics();
  CHECK(told.failures == 2);
  CHECK(told.waiting == 2);
  CHECK(told.lost == 0);
  CHECK(told.last_failure.find("wait") != std::string::npos);
  services.events = full;
  kill(kept.back());
  supervise({ledger()});
  CHECK(recorded() == one_crash);
}

} // namespace
} // namespace aiex
