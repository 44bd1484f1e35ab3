#include "aiex/actors/flow/aggregates.hpp"
#include "aiex/actors/flow/models_writer.hpp"
#include "aiex/supervision/tree/supervisor.hpp"

#include "support/actor_world.hpp"
#include "support/bank.hpp"
#include "support/buggy_account.hpp"
#include "support/sample_events.hpp"

#include <caf/scoped_actor.hpp>
#include <doctest/doctest.h>

#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace aiex {
namespace {

using namespace std::chrono_literals;

constexpr const char* open_ann = R"({"owner":"ann","currency":"eur"})";

/// An account that is of interest while there is money on it.
struct purse {
  static constexpr std::string_view category = "account";
  using commands = test::bank::account::commands;
  using events = test::bank::account::events;
  using state = test::bank::account::state;

  template <class Command>
  static aiex::decision<events> decide(const state& now, const Command& wish) {
    return test::bank::account::decide(now, wish);
  }
  template <class Event>
  static void apply(state& now, const Event& event) {
    test::bank::account::apply(now, event);
  }
  static bool is_over(const state& now) { return now.balance_cents == 0; }
};

constexpr aggregate_options comes_back{
  .idle_after = std::nullopt, .comes_back = true, .limit = {3, std::chrono::seconds{10}}};

/// Hears the snapshots that are to be saved.
caf::behavior keeper(caf::event_based_actor*, std::shared_ptr<std::vector<save_snapshot>> kept) {
  return {[kept](const save_snapshot& call) { kept->push_back(call); }};
}

class bank_node : public test::actor_world {
public:
  test::memory_media media;
  memory_tables models_tables;
  std::shared_ptr<event_store> events =
    std::make_shared<event_store>(*event_store::open(media.media()));
  std::int64_t now = 1;
  std::uint64_t made = 5'000;
  std::shared_ptr<snapshots> saved = std::make_shared<snapshots>(models_tables.storage());
  std::shared_ptr<std::vector<save_snapshot>> kept = std::make_shared<std::vector<save_snapshot>>();
  caf::actor models = system.spawn(keeper, kept);
  caf::actor top;
  node_services services = make_services();

  ~bank_node() {
    caf::anon_send_exit(top, caf::exit_reason::kill);
    settle();
  }

  template <class Aggregate = test::bank::account>
  void start(aggregate_options options = {}) {
    services.names.bind("models", models);
    const auto part = aggregates<Aggregate>(options);
    const auto outcome =
      start_supervisor(system, {.children = {part.make(services, {{}, "node1"})}}, {{}, "node1"});
    settle();
    REQUIRE(std::holds_alternative<started>(outcome));
    top = std::get<started>(outcome).actor;
  }
  caf::actor router() { return *services.names.find("aggregates/account"); }

  result<dispatched> dispatch(
    std::string id, std::string command, std::string data, std::optional<uuid> command_id = {}) {
    return ask<dispatch_answer>(
      router(), dispatch_call{std::move(id), std::move(command), std::move(data), command_id})
      .outcome;
  }
  std::string state(std::string id) {
    return ask<aggregate_state_answer>(router(), aggregate_state_call{std::move(id)})
      .outcome->state_json;
  }
  std::vector<child_info> live() {
    return ask<std::vector<child_info>>(
      *services.names.find("aggregates/account/live"), which_children_call{});
  }

private:
  node_services make_services() {
    auto clock = [this] { return test::at_us(now++); };
    caf::actor writer =
      system.spawn(store_writer, events, store_environment{clock, [](const error&) {}});
    caf::actor reader = system.spawn(store_reader, std::shared_ptr<const event_store>{events});
    return {"node1", test::id_of(1), test::id_of(2),
      store{writer, {reader}, events, std::make_shared<append_gate>()}, nullptr, saved, registry{},
      clock, [this] { return test::id_of(++made); }};
  }
};

TEST_CASE_FIXTURE(bank_node, "aggregates: the first call starts one, and all go to the same one") {
  start();
  CHECK(live().empty());
  CHECK(dispatch("ann", "open", open_ann)->version == 2);
  CHECK(dispatch("ann", "deposit", R"({"cents":500})")->version == 3);
  CHECK(dispatch("ann", "withdraw", R"({"cents":600})").error() ==
        error{errc::refused, "insufficient_funds", 3});
  CHECK(dispatch("bob", "open", open_ann)->version == 2);
  CHECK(live().size() == 2);
  CHECK(state("ann") == R"({"open":true,"balance_cents":500})");
  CHECK(dispatch("", "open", open_ann).error().code == errc::invalid_id);
  CHECK(dispatch(std::string(300, 'x'), "open", open_ann).error().code == errc::invalid_id);
}

TEST_CASE_FIXTURE(bank_node, "aggregates: one that was killed comes back with its state") {
  start();
  dispatch("ann", "open", open_ann);
  dispatch("ann", "deposit", R"({"cents":500})", test::id_of(7));
  kill(live().front().actor);
  CHECK(live().empty());
  CHECK(state("ann") == R"({"open":true,"balance_cents":500})");
  CHECK(dispatch("ann", "deposit", R"({"cents":500})", test::id_of(7))->repeated);
  kill(router());
  CHECK(live().empty()); // nobody lives whom the new router does not know
  CHECK(state("ann") == R"({"open":true,"balance_cents":500})");
}

TEST_CASE_FIXTURE(bank_node, "aggregates: no snapshot is taken while too many are on their way") {
  start({.snapshot_every = 1});
  const auto all = services.snapshot_room->enter(snapshot_gate::bytes_max_default);
  dispatch("ann", "open", open_ann);
  CHECK(kept->empty());
  CHECK(services.snapshot_room->skipped() == 1);
}

// The report that was asked for meets a call on its way: another one comes after that call.
TEST_CASE_FIXTURE(bank_node, "aggregates: one that is asked for its place gives it, calls or not") {
  start({.most = {.live = 1}, .idle_after = std::nullopt});
  dispatch("ann", "open", open_ann);
  caf::anon_send(router(), dispatch_call{"bob", "open", open_ann, {}});
  CHECK(state("ann") == R"({"open":true,"balance_cents":0})");
  REQUIRE(live().size() == 1);
  CHECK(live().front().id == "bob");
  CHECK(events->head()->position == position{4}); // bob's call was done
}

TEST_CASE_FIXTURE(bank_node, "aggregates: without calls one stops, the next call starts it") {
  start({.idle_after = 10s});
  dispatch("ann", "open", open_ann);
  advance(9s);
  dispatch("ann", "deposit", R"({"cents":1})");
  advance(9s);
  CHECK(live().size() == 1);
  advance(11s);
  CHECK(live().empty());
  CHECK(state("ann") == R"({"open":true,"balance_cents":1})");
}

TEST_CASE_FIXTURE(bank_node, "aggregates: one that comes back needs no call for it") {
  start<purse>(comes_back);
  dispatch("ann", "open", open_ann);
  dispatch("ann", "deposit", R"({"cents":500})", test::id_of(7));
  const auto before = live();
  kill(before.front().actor);
  const auto after = live();
  REQUIRE(after.size() == 1);
  CHECK(after.front().actor != before.front().actor);
  CHECK(after.front().restarts == 1);
  advance(24h);
  CHECK(live().size() == 1);
  CHECK(state("ann") == R"({"open":true,"balance_cents":500})");
  CHECK(dispatch("ann", "deposit", R"({"cents":500})", test::id_of(7))->repeated);
  CHECK(live().front().actor == after.front().actor);
  for (int round = 0; round < 2; ++round) { // over, then again, until it is asked for
    kill(live().front().actor);
    dispatch("ann", round == 0 ? "withdraw" : "deposit", R"({"cents":500})");
    if (round == 0)
      dispatch("ann", "deposit", R"({"cents":500})");
  }
  CHECK(state("ann") == R"({"open":true,"balance_cents":1000})");
}

TEST_CASE_FIXTURE(bank_node, "aggregates: what is over ends, and is not started again") {
  start<purse>(comes_back);
  dispatch("ann", "open", open_ann);
  dispatch("ann", "deposit", R"({"cents":500})");
  advance(1s);
  CHECK(live().size() == 1);
  dispatch("ann", "withdraw", R"({"cents":500})");
  CHECK(live().size() == 1);
  advance(1s);
  CHECK(live().empty());
  CHECK(state("ann") == R"({"open":true,"balance_cents":0})"); // read by one that ends again
  CHECK(dispatch("bob", "deposit", R"({"cents":1})").error().message == "not_open");
  CHECK(live().size() == 2);
  advance(1s);
  CHECK(live().empty());
  dispatch("cid", "open", open_ann);
  kill(live().front().actor); // comes back, and finds that it is over
  CHECK(live().size() == 1);
  advance(1s);
  CHECK(live().empty());
}

TEST_CASE_FIXTURE(bank_node, "aggregates: too many crashes stop all, the next call starts one") {
  start<purse>(comes_back);
  for (const char* id : {"ann", "bob"}) {
    dispatch(id, "open", open_ann);
    dispatch(id, "deposit", R"({"cents":500})");
  }
  for (int crash = 0; crash < 4; ++crash)
    kill(live().front().actor);
  CHECK(live().empty());
  CHECK(state("bob") == R"({"open":true,"balance_cents":500})");
  CHECK(live().size() == 1);
}

TEST_CASE_FIXTURE(bank_node, "aggregates: each call is answered, whoever crashes meanwhile") {
  auto options = comes_back;
  options.limit = {1'000, 1s};
  start<purse>(options);
  dispatch("ann", "open", open_ann);
  caf::scoped_actor client{system};
  std::minstd_rand random{3};
  std::uint64_t done = 0;
  caf::actor last; // as it was when the call was sent
  for (std::uint64_t i = 0; i < 100; ++i) {
    const dispatch_call deposit{"ann", "deposit", R"({"cents":1})", test::id_of(10'000 + i)};
    auto answer = client->request(router(), 3'600s, deposit);
    for (auto steps = random() % 12; steps > 0; --steps)
      step();
    if (last && random() % 2 == 0)
      kill(last);
    settle();
    answer.receive([&](const dispatch_answer& given) { CHECK(given.outcome); },
      [&](const caf::error&) {}); // it crashed with the call: a repeat tells
    CHECK(dispatch("ann", "deposit", R"({"cents":1})", test::id_of(10'000 + i)));
    CHECK(state("ann") == R"({"open":true,"balance_cents":)" + std::to_string(++done) + "}");
    REQUIRE(live().size() == 1);
    last = live().front().actor;
  }
}

TEST_CASE_FIXTURE(bank_node, "aggregates: beyond the limit the least recently used one stops") {
  start({.most = {.live = 2}});
  for (const char* id : {"ann", "bob", "cid", "ann"}) {
    dispatch(id, "open", open_ann);
    CHECK(live().size() <= 2);
  }
  CHECK(state("bob") == R"({"open":true,"balance_cents":0})");
  CHECK(live().size() == 2);
}

TEST_CASE_FIXTURE(bank_node, "aggregates: too many calls for one are refused, none is lost") {
  start();
  dispatch("ann", "open", open_ann);
  caf::scoped_actor client{system};
  constexpr std::size_t calls = calls_per_aggregate_max + 50;
  const dispatch_call deposit{"ann", "deposit", R"({"cents":1})"};
  std::vector<decltype(client->request(router(), 1s, deposit))> waiting;
  for (std::size_t i = 0; i < calls; ++i)
    waiting.push_back(client->request(router(), 3'600s, deposit));
  settle();
  std::size_t done = 0;
  std::size_t refused = 0;
  for (auto& each : waiting)
    each.receive(
      [&](const dispatch_answer& answer) {
        ++(answer.outcome ? done : refused);
        CHECK((answer.outcome || answer.outcome.error().code == errc::overloaded));
      },
      [&](const caf::error& why) { FAIL(system.render(why)); });
  CHECK(done + refused == calls);
  CHECK(refused > 0);
  CHECK(done >= calls_per_aggregate_max);
  CHECK(state("ann") == R"({"open":true,"balance_cents":)" + std::to_string(done) + "}");
}

TEST_CASE_FIXTURE(bank_node, "aggregates: snapshots go to the models' writer and are used") {
  start({.snapshot_every = 3});
  dispatch("ann", "open", open_ann);
  CHECK(kept->empty());
  dispatch("ann", "deposit", R"({"cents":5})");
  REQUIRE(kept->size() == 1);
  CHECK(kept->front().stream == "account-ann");
  CHECK(kept->front().taken.version == 3);
  snapshot_save other{"account-ann", kept->front().taken};
  other.taken.state = R"({"open":true,"balance_cents":77})"; // to be told from a replay
  REQUIRE(saved->save({&other, 1}));
  kill(live().front().actor);
  CHECK(state("ann") == other.taken.state);
}

TEST_CASE_FIXTURE(
  bank_node, "aggregates: what a user's function throws ends nothing but the actor") {
  start<test::buggy_account>();
  REQUIRE(dispatch("ann", "deposit", R"({"cents":5})").has_value());
  // The caller hears at once that it is not answered.
  CHECK_THROWS(dispatch("ann", "withdraw", R"({"cents":5})"));
  CHECK(live().empty());
  CHECK(dispatch("ann", "deposit", R"({"cents":6})")->version == 2); // another one, up to date

  CHECK_THROWS(dispatch("bob", "deposit", R"({"cents":13})"));
  CHECK(events->head()->position == position{3}); // it has happened, and cannot be applied
  CHECK_THROWS(dispatch("bob", "deposit", R"({"cents":5})"));
  CHECK(dispatch("ann", "deposit", R"({"cents":7})")->version == 3);
}

} // namespace
} // namespace aiex
