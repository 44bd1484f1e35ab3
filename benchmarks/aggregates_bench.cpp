// Aggregates: their state from the log, and commands from the call to the durable event.
//   rebuild/events:N     the state of one aggregate from its N events, whatever was saved, beside
//                        LMDB copying out N such records
//   dispatch/callers:N   N actors, each with one command for an aggregate of its own on its way at
//   a
//                        time: found, decided, appended, synced, applied, answered. Beside it LMDB
//                        that commits the same bytes in ideal groups; p50 and p99 are of the mean
//                        of 32 commands
#include "aiex/actors/flow/aggregates.hpp"

#include "support/contest.hpp"
#include "support/flow_node.hpp"
#include "support/raw_lmdb_log.hpp"
#include "support/scratch.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace aiex {
namespace {

using namespace bench;
using dispatch_atom = caf::atom_constant<caf::atom("dispatch")>;
using all_done_atom = caf::atom_constant<caf::atom("alldone")>;

struct deposited {
  std::int64_t cents = 0;
  std::string note{};

  static constexpr auto fields =
    aiex::fields("deposited", &deposited::cents, "cents", &deposited::note, "note");
};

struct deposit {
  std::int64_t cents = 0;
  std::string note{};

  static constexpr auto fields =
    aiex::fields("deposit", &deposit::cents, "cents", &deposit::note, "note");
};

struct account {
  static constexpr std::string_view category = "account";
  using commands = list<deposit>;
  using events = list<deposited>;

  struct state {
    std::int64_t cents = 0;

    static constexpr auto fields = aiex::fields("account", &state::cents, "cents");
  };

  static decision<events> decide(const state&, const deposit& wish) {
    return deposited{wish.cents, wish.note};
  }
  static void apply(state& now, const deposited& event) { now.cents += event.cents; }
};

std::string deposit_json() {
  const std::string frame = R"({"cents":1,"note":""})";
  return R"({"cents":1,"note":")" + std::string(data_bytes - frame.size(), 'x') + R"("})";
}

constexpr const char* router = "aggregates/account";

void fill_account(event_store& store, std::size_t events) {
  constexpr std::size_t at_once = 100;
  event_source ids;
  for (std::size_t done = 0; done < events; done += at_once) {
    append_request request;
    request.node = "node1";
    append_part& part = request.parts.emplace_back();
    part.stream = "account-1";
    for (std::size_t i = 0; i < at_once; ++i)
      part.events.push_back({.id = ids.next_id(), .type = "deposited", .data = deposit_json()});
    const append_request* const given[] = {&request};
    invariant(store.append(given, now()).front().has_value(), "the account cannot be filled");
  }
}

void rebuild(benchmark::State& state) {
  const auto events = static_cast<std::size_t>(state.range(0));
  const scratch_folder folder;
  const local_store opened = open_store(folder.path() / "aiex");
  fill_account(*opened.events(), events);
  flow_node node{opened};
  node.start(aggregates<account>());
  raw_lmdb_log raw{folder.path() / "lmdb"};
  raw.append_all(std::vector<std::string>(events, std::string(entry_bytes_per_event, 'x')));

  const auto read = [&] {
    const auto answer =
      node.ask<aggregate_state_answer>(router, aggregate_state_call{.id = "1", .rebuild = true});
    invariant(answer.outcome && answer.outcome->version == events, "not all events were applied");
  };
  contest measured{
    {{"aiex", {}, read}, {"lmdb", {}, [&] { benchmark::DoNotOptimize(raw.read_all()); }}}, 4};
  measure(state, std::move(measured), static_cast<double>(events), "events");
}
BENCHMARK(rebuild)
  ->ArgName("events")
  ->Arg(1'000)
  ->Arg(10'000)
  ->Arg(100'000)
  ->UseManualTime()
  ->MinTime(1.0)
  ->Unit(benchmark::kMillisecond);

constexpr int commands_per_turn = 32;

/// Sends `commands_per_turn` commands one after another, then says so.
caf::behavior caller(caf::event_based_actor* self, caf::actor to, std::string id) {
  struct turn {
    caf::actor asker;
    int left = 0;
  };
  const auto now = std::make_shared<turn>();
  const auto next = std::make_shared<std::function<void()>>();
  *next = [self, to, id, now, again = std::weak_ptr{next}] {
    if (now->left-- == 0)
      return self->send(now->asker, all_done_atom::value);
    self
      ->request(to, std::chrono::seconds{30},
        dispatch_call{.id = id, .command = "deposit", .data = deposit_json()})
      .then(
        [again](const dispatch_answer& answer) {
          invariant(answer.outcome.has_value(), "a command of the benchmark failed");
          (*again.lock())();
        },
        [](const caf::error&) { invariant(false, "an aggregate is silent"); });
  };
  return {[now, next](dispatch_atom, const caf::actor& asker) {
    *now = {asker, commands_per_turn};
    (*next)();
  }};
}

void dispatch(benchmark::State& state) {
  const auto callers = static_cast<std::size_t>(state.range(0));
  const scratch_folder folder;
  const local_store opened = open_store(folder.path() / "aiex");
  raw_lmdb_log raw{folder.path() / "lmdb"};
  flow_node node{opened};
  node.start(aggregates<account>());
  std::vector<caf::actor> all;
  for (std::size_t i = 0; i < callers; ++i)
    all.push_back(
      node.system().spawn(caller, *node.services().names.find(router), std::to_string(i)));
  const auto ask_all = [&] {
    for (const caf::actor& each : all)
      node.self()->send(each, dispatch_atom::value, caf::actor{node.self()});
    for (std::size_t i = 0; i < all.size(); ++i)
      node.self()->receive([](all_done_atom) {});
  };
  const std::string entry(entry_bytes_per_event * callers + entry_prefix_bytes, 'x');
  const auto commit = [&] {
    for (int i = 0; i < commands_per_turn; ++i)
      raw.append(entry);
  };
  contest measured{
    {{"aiex", {}, ask_all, commands_per_turn}, {"lmdb", {}, commit, commands_per_turn}}, 1};
  measure(state, std::move(measured), static_cast<double>(callers) * commands_per_turn, "commands");
  for (const caf::actor& each : all)
    node.self()->send_exit(each, caf::exit_reason::user_shutdown);
  node.self()->wait_for(all);
}
BENCHMARK(dispatch)->ArgName("callers")->Arg(1)->Arg(64)->UseManualTime()->MinTime(2.0)->Unit(
  benchmark::kMillisecond);

} // namespace
} // namespace aiex
