// What reading costs in a store of a million events in 1,000 streams, all in memory's cache.
//   read_stream          1,000 events of one stream, beside LMDB copying out 1,000 such records
//   read_all             the whole log in pages, beside LMDB copying out the same entries
//   latest_5             the newest five events of a type since a time, as
//                        `--type T --since S --limit 5 --desc` asks; the time is that of one answer
#include "support/contest.hpp"
#include "support/raw_lmdb_log.hpp"
#include "support/scratch.hpp"

#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace aiex {
namespace {

using namespace bench;

constexpr std::size_t streams = 1'000;
constexpr std::size_t events_per_stream = 1'000;
constexpr std::size_t events = streams * events_per_stream;

struct library {
  scratch_folder folder;
  local_store store = open_store(folder.path() / "aiex");
  raw_lmdb_log entries{folder.path() / "entries"};
  raw_lmdb_log records{folder.path() / "records"};
};

std::size_t read_pages(const event_store& store, query asked) {
  std::size_t read = 0;
  for (std::optional<query> next = std::move(asked); next;) {
    auto page = store.read(*next);
    invariant(page.has_value(), "the store of the benchmark cannot be read");
    read += page->events.size();
    next = std::move(page->rest);
  }
  return read;
}

/// Gives the peers the same: each entry of the log, and each event as a record of its own.
void copy_to_peers(library& all) {
  std::vector<std::string> entries;
  const auto read =
    all.store.events()->media().log.read(1, direction::ascending, [&](const log_record& record) {
      entries.emplace_back(record.bytes);
      return true;
    });
  invariant(read.has_value(), "the log cannot be read");
  all.entries.append_all(entries);
  all.records.append_all(std::vector<std::string>(events, std::string(entry_bytes_per_event, 'x')));
}

void read_stream(benchmark::State& state, const library& all) {
  const event_store& store = *all.store.events();
  std::vector<std::uint64_t> scattered;
  for (std::size_t i = 0; i < events_per_stream; ++i)
    scattered.push_back(i * streams + 1);
  std::size_t turn = 0;
  const auto read = [&] {
    query asked;
    asked.stream = "session-" + std::to_string(turn++ % streams);
    invariant(read_pages(store, asked) == events_per_stream, "a stream has not all its events");
  };
  const auto read_raw = [&] { benchmark::DoNotOptimize(all.records.read(scattered)); };
  contest measured{{{"aiex", {}, read}, {"lmdb", {}, read_raw}}, 8};
  measure(state, std::move(measured), events_per_stream, "events");
}

void read_all(benchmark::State& state, const library& all) {
  const event_store& store = *all.store.events();
  const auto read = [&] { invariant(read_pages(store, {}) == events, "events are missing"); };
  const auto read_raw = [&] { benchmark::DoNotOptimize(all.entries.read_all()); };
  contest measured{{{"aiex", {}, read}, {"lmdb", {}, read_raw}}, 1};
  measure(state, std::move(measured), events, "events");
}

/// Asks for what `expected` events are the answer to.
void latest_5(benchmark::State& state, const library& all, const std::string& type, timestamp since,
  std::size_t expected) {
  query asked;
  asked.types = {type};
  asked.since = since;
  asked.limit = 5;
  asked.order = direction::descending;
  for (auto _ : state)
    invariant(read_pages(*all.store.events(), asked) == expected, "not what was asked for");
}

/// When the event at this position was recorded.
timestamp time_at(const event_store& store, std::uint64_t where) {
  query asked;
  asked.after = {where - 1};
  asked.limit = 1;
  const auto page = store.read(asked);
  invariant(page && page->events.size() == 1, "an event of the benchmark is missing");
  return page->events[0].recorded_at;
}

void add_benchmarks(const library& all) {
  const auto add = [](const std::string& name, auto measure) {
    return benchmark::RegisterBenchmark(name.c_str(), measure);
  };
  add("read_stream", [&](benchmark::State& state) { read_stream(state, all); })
    ->UseManualTime()
    ->MinTime(1.0);
  add("read_all", [&](benchmark::State& state) { read_all(state, all); })
    ->UseManualTime()
    ->MinTime(3.0);
  const event_store& store = *all.store.events();
  struct case_of_latest {
    const char* name;
    const char* type;
    std::uint64_t since;
    std::size_t expected;
  };
  for (const case_of_latest& each : {
         case_of_latest{"one in four, since the middle", "answered", events / 2, 5},
         {"one in four, since 640 events ago", "answered", events - 640, 5},
         {"one in 10007, since the middle", "session_closed", events / 2, 5},
         {"one in 10007, since 640 events ago", "session_closed", events - 640, 0},
         {"none, since the middle", "never_seen", events / 2, 0},
       })
    add(std::string{"latest_5/"} + each.name, [&all, each, since = time_at(store, each.since)](
                                                benchmark::State& state) {
      latest_5(state, all, each.type, since, each.expected);
    })->Unit(benchmark::kMicrosecond);
}

int run(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  std::fputs("filling a store with a million events\n", stderr);
  library all;
  event_source source{streams};
  fill(*all.store.events(), source, events);
  copy_to_peers(all);
  add_benchmarks(all);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}

} // namespace
} // namespace aiex

int main(int argc, char** argv) {
  return aiex::run(argc, argv);
}
