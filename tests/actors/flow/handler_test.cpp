#include "aiex/actors/flow/bus.hpp"
#include "aiex/actors/flow/handler.hpp"
#include "aiex/supervision/tree/supervisor.hpp"

#include "support/flow_world.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <utility>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using test::numbered_appends;
using positions = std::vector<std::uint64_t>;

struct handler_world : test::flow_world {
  std::shared_ptr<positions> heard = std::make_shared<positions>();
  std::shared_ptr<std::uint64_t> fails_at = std::make_shared<std::uint64_t>(0);
  std::shared_ptr<std::function<void()>> hook = std::make_shared<std::function<void()>>();
  registry names;
  caf::actor top;

  std::shared_ptr<bus_memory> memory;

  void start_bus() { names.bind("bus", keep(system.spawn(bus, events, memory))); }

  void start(query filter, handler_options options = {}) {
    memory = std::make_shared<bus_memory>(log->head()->position);
    start_bus();
    const node_services services{"node1", {}, {}, events, nullptr, nullptr, names,
      [] { return test::at_us(1); }, [] { return test::id_of(1); }};
    const node_part part = handler(
      "tested", std::move(filter),
      [heard = heard, fails_at = fails_at, hook = hook](const recorded_event& event) {
        if (const auto once = std::exchange(*hook, nullptr))
          once();
        if (event.position.value == *fails_at)
          throw std::runtime_error{"no such mailbox"};
        heard->push_back(event.position.value);
      },
      options);
    const auto outcome = start_supervisor(system, {.children = {part.make(services, {})}}, {});
    top = keep(std::get<started>(outcome).actor);
    settle();
  }
  caf::actor running() { return keep(*names.find("handler/tested")); }
  handler_statistics statistics() {
    return ask<handler_statistics>(running(), handler_statistics_call{});
  }
};

TEST_CASE_FIXTURE(handler_world, "a handler hears what matches, from now on") {
  append(numbered_appends(1, 2));
  start({.stream = "account-1"});
  append(numbered_appends(3, 2));
  append(numbered_appends(5, 1, "order-1"));
  CHECK(*heard == positions{3, 4});
  CHECK(statistics().handled == 2);
  CHECK(statistics().failed == 0);
}

TEST_CASE_FIXTURE(
  handler_world, "a handler can begin anywhere, and more comes than its window holds") {
  append(numbered_appends(1, 40));
  start({}, {.from = position{10}, .window = 4});
  append(numbered_appends(41, 5));
  CHECK(heard->size() == 35);
  CHECK(heard->front() == 11);
  CHECK(heard->back() == 45);
}

TEST_CASE_FIXTURE(handler_world, "a handler that throws is counted, and hears the next event") {
  start({});
  *fails_at = 2;
  append(numbered_appends(1, 3));
  CHECK(*heard == positions{1, 3});
  CHECK(statistics().handled == 3);
  CHECK(statistics().failed == 1);
  CHECK(statistics().last_failure.find("no such mailbox") != std::string::npos);
  CHECK(statistics().last_failed == position{2});
}

TEST_CASE_FIXTURE(handler_world, "a handler that is killed goes on behind what it has handled") {
  start({});
  append(numbered_appends(1, 1));
  const caf::actor hub = keep(*names.find("bus"));
  kill(hub); // as when the bus crashes: first the handler ends, then both are started again
  append(numbered_appends(2, 1));
  kill(running());
  start_bus();
  advance(100ms);
  append(numbered_appends(3, 1));
  CHECK(*heard == positions{1, 2, 3});
  CHECK(statistics().handled == 2);
}

TEST_CASE_FIXTURE(handler_world, "a handler that has heard nothing yet misses nothing either") {
  start({});
  kill(keep(*names.find("bus")));
  kill(running());
  append(numbered_appends(1, 2));
  start_bus();
  advance(100ms);
  CHECK(*heard == positions{1, 2});
}

// What the handler grants goes to a bus that has ended: the next one would wait for it for ever.
TEST_CASE_FIXTURE(handler_world, "a bus that is started again finds a handler that goes on") {
  start({}, {.window = 2});
  append(numbered_appends(1, 1));
  const caf::actor hub = keep(*names.find("bus"));
  *hook = [hub] { // the whole window is on its way
    caf::anon_send_exit(hub, caf::exit_reason::kill);
  };
  append(numbered_appends(2, 9));
  CHECK(heard->size() < 10);
  start_bus();
  advance(100ms);
  append(numbered_appends(11, 2));
  CHECK(*heard == positions{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
}

} // namespace
} // namespace aiex
