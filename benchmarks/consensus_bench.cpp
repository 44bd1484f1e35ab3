// What a cluster of three voters costs: an append is acknowledged when two of three disks have it.
// All in one process, the network in memory; beside it the same with one voter, and LMDB with
// nothing around it that commits entries of the same bytes with the same syncs on one disk.
//   replicated_append/appends:N/under_way:U   groups of N appends of one event, each an entry; a
// group is begun when fewer than U are under way
#include "support/contest.hpp"
#include "support/raw_lmdb_log.hpp"
#include "support/scratch.hpp"
#include "support/voters.hpp"

#include <string>
#include <utility>

namespace aiex {
namespace {

using namespace bench;

constexpr std::size_t groups_per_turn = 32;

append_groups make_groups(event_source& source, std::size_t appends) {
  append_groups made(groups_per_turn);
  for (auto& group : made)
    for (std::size_t i = 0; i < appends; ++i)
      group.push_back(source.append(1));
  return made;
}

void replicated_append(benchmark::State& state) {
  const auto appends = static_cast<std::size_t>(state.range(0));
  const auto under_way = static_cast<std::size_t>(state.range(1));
  const scratch_folder folder;
  voters three{folder.path() / "three", 3};
  voters one{folder.path() / "one", 1};
  raw_lmdb_log raw{folder.path() / "lmdb"};
  event_source source;
  append_groups groups = make_groups(source, appends);
  three.append(groups, under_way);
  const std::string entry = three.last_entry();

  const auto prepare = [&] { groups = make_groups(source, appends); };
  const auto raw_turn = [&] {
    for (std::size_t i = 0; i < groups_per_turn; ++i)
      raw.append(entry);
  };
  contest measured{{{"aiex", prepare, [&] { three.append(groups, under_way); }, groups_per_turn},
                     {"voter1", prepare, [&] { one.append(groups, under_way); }, groups_per_turn},
                     {"lmdb", {}, raw_turn, groups_per_turn}},
    1};
  measure(state, std::move(measured), static_cast<double>(appends * groups_per_turn), "events");
  state.counters["entry_bytes"] = static_cast<double>(entry.size());
}
BENCHMARK(replicated_append)
  ->ArgNames({"appends", "under_way"})
  ->Args({1, 1})
  ->Args({1, 16})
  ->Args({64, 1})
  ->Args({64, 16})
  ->UseManualTime()
  ->MinTime(2.0)
  ->Unit(benchmark::kMillisecond);

} // namespace
} // namespace aiex
