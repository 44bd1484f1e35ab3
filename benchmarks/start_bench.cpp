// How long a node's store takes from opening its folder to the first answer, by the size of its log
// (files in memory's cache).
//   start_closed           it was closed
//   start_killed           its process was killed: the tail of the log is looked at again
//   start_rebuilding       its state was lost: it is rebuilt from the log
#include "support/scratch.hpp"

#include <benchmark/benchmark.h>

#include <chrono>
#include <functional>

namespace aiex {
namespace {

using namespace bench;

using ending = std::function<void(local_store&)>;

void start_after(benchmark::State& state, const ending& end) {
  const scratch_folder scratch;
  const auto folder = scratch.path() / "aiex";
  event_source source;
  fill(*open_store(folder).events(), source, static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    {
      local_store before = open_store(folder);
      end(before);
    }
    const auto begin = std::chrono::steady_clock::now();
    const local_store store = open_store(folder);
    query first;
    first.limit = 1;
    const auto page = store.events()->read(first);
    const auto took = std::chrono::steady_clock::now() - begin;
    invariant(page && page->events.size() == 1, "the first event is missing");
    state.SetIterationTime(std::chrono::duration<double>(took).count());
  }
}

void start_closed(benchmark::State& state) {
  start_after(state,
    [](local_store& store) { invariant(store.close().has_value(), "the store cannot be closed"); });
}

void start_killed(benchmark::State& state) {
  start_after(state, [](local_store&) {});
}

void start_rebuilding(benchmark::State& state) {
  start_after(state, [](local_store& store) {
    invariant(store.folder().drop_state().has_value(), "the state cannot be dropped");
  });
}

void sizes(benchmark::internal::Benchmark* asked) {
  asked->ArgName("events")->Arg(10'048)->Arg(100'032)->Arg(1'000'000); // whole groups of 64
  asked->UseManualTime()->Iterations(5)->Unit(benchmark::kMillisecond);
}
BENCHMARK(start_closed)->Apply(sizes);
BENCHMARK(start_killed)->Apply(sizes);
BENCHMARK(start_rebuilding)->Apply(sizes);

} // namespace
} // namespace aiex
