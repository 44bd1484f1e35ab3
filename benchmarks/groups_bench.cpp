// What joining and leaving a process group costs, beside OTP's pg if Erlang is at hand.
//   join_leave/groups:1    one group is joined and left, again and again
//   join_leave/groups:N    N groups are joined, then left
//   read/members:N         the members of a group, which has not changed
#include "aiex/actors/cluster/groups.hpp"
#include "aiex/supervision/tree/spawns.hpp"

#include "support/actor_home.hpp"
#include "support/contest.hpp"
#include "support/otp_peer.hpp"

#include <caf/send.hpp>

#include <string>
#include <utility>
#include <vector>

namespace aiex {
namespace {

using namespace bench;

constexpr std::size_t rounds = 1'000; // of one group in an operation: the pipe to Erlang is no cost

/// An actor system with a scope.
class home : public actor_home {
public:
  home() {
    const auto made = spawn_eager(system_, group_scope_behavior, group_table::limits{});
    scope_actor_ = std::get<started>(made).actor;
    names_.bind(group_scope_name(default_group_scope), scope_actor_);
  }
  ~home() { caf::anon_send_exit(scope_actor_, caf::exit_reason::kill); }
  home(const home&) = delete;
  home& operator=(const home&) = delete;

  groups scope() const { return groups{names_}; }
  caf::scoped_actor& self() { return self_; }

private:
  registry names_;
  caf::actor scope_actor_;
};

void join_leave(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  home ours;
  const groups scope = ours.scope();
  const std::vector<caf::actor> who{caf::actor{ours.self()}};
  const double steps = static_cast<double>(count == 1 ? rounds : count);
  const auto run = [&] {
    const auto done = [](const result<bool>& outcome) {
      invariant(outcome == true, "a group was not joined or left");
    };
    if (count == 1)
      for (std::size_t i = 0; i < rounds; ++i) {
        done(scope.join("one", who));
        done(scope.leave("one", who));
      }
    for (std::size_t i = 0; i < count && count > 1; ++i)
      done(scope.join("group-" + std::to_string(i), who));
    for (std::size_t i = 0; i < count && count > 1; ++i)
      done(scope.leave("group-" + std::to_string(i), who));
  };
  std::vector<contender> all{{"aiex", {}, run, steps}};
  const auto otp = otp_peer::start("groups_peer");
  const std::string line =
    count == 1 ? "one " + std::to_string(rounds) : "many " + std::to_string(count);
  if (otp)
    all.push_back({"pg", {}, [&] { otp->tell(line); }, steps});
  contest measured{std::move(all), 4};
  measure(state, std::move(measured), steps, "pairs");
}
BENCHMARK(join_leave)
  ->ArgName("groups")
  ->Arg(1)
  ->Arg(10'000)
  ->UseManualTime()
  ->MinTime(1.0)
  ->Unit(benchmark::kMillisecond);

void read_members(benchmark::State& state) {
  const auto members = static_cast<std::size_t>(state.range(0));
  home ours;
  const std::vector<caf::actor> who(members, caf::actor{ours.self()});
  const groups scope = ours.scope();
  invariant(scope.join("all", who) == true, "the members cannot join");
  for (auto _ : state)
    benchmark::DoNotOptimize(scope.members("all"));
}
BENCHMARK(read_members)->Name("read")->ArgName("members")->Arg(1)->Arg(1'000);

} // namespace
} // namespace aiex
