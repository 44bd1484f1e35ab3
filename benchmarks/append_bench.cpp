// What a durable append costs, beside LMDB with nothing around it that commits the same bytes with
// the same sync. Each answer is given after the sync.
//   durable_append/appends:N/events:E   N appends of E events each, committed together
#include "aiex/persistence/base/error.hpp"

#include "support/contest.hpp"
#include "support/raw_lmdb_log.hpp"
#include "support/scratch.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace aiex {
namespace {

using namespace bench;

constexpr std::size_t commits_per_slice = 32;

/// What arrives together, and the store it goes to.
class group_of_appends {
public:
  group_of_appends(event_store& store, std::size_t appends, std::size_t events)
      : store_(store), appends_(appends), events_(events) {}

  void prepare() {
    requests_.clear();
    for (std::size_t i = 0; i < appends_; ++i)
      requests_.push_back(source_.append(events_));
  }

  void commit() {
    std::vector<const append_request*> given;
    for (const append_request& each : requests_)
      given.push_back(&each);
    for (const auto& answer : store_.append(given, now()))
      invariant(answer.has_value(), "an append of the benchmark failed");
  }

private:
  event_store& store_;
  std::size_t appends_;
  std::size_t events_;
  event_source source_;
  std::vector<append_request> requests_;
};

void durable_append(benchmark::State& state) {
  const auto appends = static_cast<std::size_t>(state.range(0));
  const auto events = static_cast<std::size_t>(state.range(1));
  const scratch_folder folder;
  const local_store store = open_store(folder.path() / "aiex");
  raw_lmdb_log raw{folder.path() / "lmdb"};
  group_of_appends group{*store.events(), appends, events};
  group.prepare();
  group.commit();
  const std::string entry = last_entry(*store.events());

  contest measured{{{"aiex", [&] { group.prepare(); }, [&] { group.commit(); }},
                     {"lmdb", {}, [&] { raw.append(entry); }}},
    commits_per_slice};
  measure(state, std::move(measured), static_cast<double>(appends * events), "events");
  state.counters["entry_bytes"] = static_cast<double>(entry.size());
}
BENCHMARK(durable_append)
  ->ArgNames({"appends", "events"})
  ->Args({1, 1})
  ->Args({1, 100})
  ->Args({64, 1})
  ->UseManualTime()
  ->MinTime(2.0)
  ->Unit(benchmark::kMillisecond);

} // namespace
} // namespace aiex
