#include "aiex/actors/flow/store_child.hpp"
#include "aiex/supervision/tree/supervisor.hpp"

#include "support/flow_world.hpp"

#include <doctest/doctest.h>

namespace aiex {

namespace {

/// A store under a supervisor that ends with what is significant, as a node's does.
struct store_tree {
  test::flow_world world;
  store_actors running; // in the world's one thread: a detached actor has a clock of its own
  caf::actor top;

  store_tree() {
    running.writer = world.writer;
    for (caf::actor& reader : running.readers)
      reader =
        world.keep(world.system.spawn(store_reader, std::shared_ptr<const event_store>{world.log}));
    supervisor_spec spec{.ends = auto_shutdown::any_significant};
    spec.children.push_back(store_child(running, {{}, "node"}));
    auto outcome = start_supervisor(world.system, std::move(spec), {{}, "node"});
    top = world.keep(std::get<started>(outcome).actor);
    world.settle();
  }

  /// Whether `actor` has ended.
  bool has_ended(const caf::actor& actor) {
    auto ended = std::make_shared<bool>(false);
    actor->attach_functor([ended](const caf::error&) { *ended = true; });
    return *ended;
  }
};

} // namespace

TEST_CASE("the store's actors are adopted by the tree, in their order") {
  store_tree tree;
  const auto drawn = tree.world.ask<supervision_tree>(tree.top, supervision_tree_call{});
  REQUIRE(drawn.children.size() == 1);
  const supervision_tree& store = drawn.children.front();
  CHECK(store.id == "store");
  REQUIRE(store.children.size() == 3);
  CHECK(store.children[0].id == "writer");
  CHECK(store.children[0].actor_id == tree.running.writer.id());
  CHECK(store.children[1].id == "reader-1");
  CHECK(store.children[2].id == "reader-2");
  CHECK(store.children[2].actor_id == tree.running.readers[1].id());
}

TEST_CASE(
  "the node's tree ends with the store's writer or a reader, and nothing is started again") {
  for (const bool is_writer : {true, false}) {
    CAPTURE(is_writer);
    store_tree tree;
    CHECK_FALSE(tree.has_ended(tree.top));
    tree.world.kill(is_writer ? tree.running.writer : tree.running.readers[1]);
    CHECK(tree.has_ended(tree.top));
    CHECK(tree.has_ended(tree.running.writer));
    CHECK(tree.has_ended(tree.running.readers[0]));
    CHECK(tree.has_ended(tree.running.readers[1]));
  }
}

TEST_CASE("spawned for real, the store appends, reads, and is stopped by its tree") {
  test::memory_media media;
  auto opened = event_store::open(media.media());
  REQUIRE(opened);
  const auto log = std::make_shared<event_store>(std::move(*opened));
  caf::actor_system_config config;
  caf::actor_system system{config};
  const store_actors running =
    spawn_store(system, log, {[] { return test::at_us(1'000); }, [](const error&) {}});
  const store events = running.as_store(log);
  caf::scoped_actor self{system};
  result<append_result> answer = tl::unexpected(error{errc::time_out, "no answer"});
  self
    ->request(events.writer(), caf::infinite,
      append_call{std::make_shared<const append_request>(
                    test::one("account-1", {.id = test::id_of(1), .type = "opened"})),
        nullptr})
    .receive(
      [&](append_answer& came) { answer = std::move(came.outcome); }, [](const caf::error&) {});
  REQUIRE(answer);
  CHECK(log->head()->position == position{1});

  supervisor_spec spec{.ends = auto_shutdown::any_significant};
  spec.children.push_back(store_child(running, {{}, "node"}));
  const auto outcome = start_supervisor(system, std::move(spec), {{}, "node"});
  const caf::actor top = std::get<started>(outcome).actor;
  self->send<caf::message_priority::high>(
    top, caf::exit_msg{self->address(), caf::exit_reason::user_shutdown});
  self->wait_for(top, running.writer, running.readers[0], running.readers[1]);
}

} // namespace aiex
