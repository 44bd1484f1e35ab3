#include "aiexd/system_end.hpp"
#include "support/blocking_world.hpp"
#include "support/eventually.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <iterator>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using lines = std::vector<std::string>;

std::ptrdiff_t threads() {
  return std::distance(std::filesystem::directory_iterator{"/proc/self/task"}, {});
}

/// A system of which one actor is killed in a handler that does not return.
struct ending_world {
  std::ptrdiff_t threads_before = threads();
  test::pool_config config;
  std::unique_ptr<caf::actor_system> system = std::make_unique<caf::actor_system>(config);
  std::shared_ptr<process_table> table = process_table::make();
  std::shared_ptr<test::blocked_count> count = std::make_shared<test::blocked_count>();
  test::gate way;

  /// What was left behind ends before its configuration does.
  ~ending_world() {
    way.open();
    system.reset();
    CHECK(test::eventually([this] { return threads() == threads_before; }));
  }

  void kill_one_in_its_handler(bool is_child) {
    const auto made = spawn_eager(*system, test::blocker, way.opens(), count);
    const caf::actor blocked = std::get<started>(made).actor;
    if (is_child)
      table->enter(blocked, "root/blocked", 1s);
    caf::anon_send(blocked, test::block_atom::value);
    REQUIRE(test::eventually([this] { return count->now == 1; }));
    caf::anon_send_exit(blocked, caf::exit_reason::kill);
    if (is_child)
      REQUIRE(test::eventually([this] { return !table->dead_in_handler().empty(); }));
  }
};

TEST_CASE("system_end: who does not come back is named, child or not") {
  for (const bool is_child : {true, false}) {
    CAPTURE(is_child);
    ending_world world;
    world.kill_one_in_its_handler(is_child);
    const lines left = end_system(std::move(world.system), *world.table, {10ms, 30ms});
    REQUIRE(left.size() == 1);
    if (is_child)
      CHECK(left[0].starts_with("root/blocked has not returned from its handler of atom, for "));
    else
      CHECK(left[0] == "an actor that is no child of the tree has not ended");
  }
}

TEST_CASE("system_end: of one that ends nothing is left") {
  ending_world world;
  world.kill_one_in_its_handler(true);
  world.way.open();
  CHECK(
    end_system(std::move(world.system), *world.table, {test::patience, test::patience}) == lines{});
}

} // namespace
} // namespace aiex
