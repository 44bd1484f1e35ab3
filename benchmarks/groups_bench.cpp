// What joining and leaving a process group costs, beside OTP's pg if Erlang is at hand.
//   join_leave/groups:1    one actor joins and leaves one group, each answered before the next
//   join_leave/groups:N    joins N groups, then leaves them all
//   read/members:N         the members of a group, which has not changed
#include "aiex/actors/cluster/groups.hpp"
#include "aiex/actors/runtime/profile.hpp"
#include "aiex/supervision/spawns.hpp"

#include "support/contest.hpp"
#include "support/otp_peer.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <string>
#include <utility>
#include <vector>

namespace aiex {
namespace {

using namespace bench;

constexpr std::chrono::seconds patience{60};
constexpr std::size_t rounds = 1'000; // of one group in an operation: the pipe to Erlang is no cost

/// Does `steps` one after another, each when the one before is answered, then tells `hears`.
struct runner {
  caf::event_based_actor* self;
  groups scope;
  caf::actor hears;
  std::size_t count; // of groups
  std::size_t steps;

  void step(std::size_t at) const {
    if (at == steps)
      return self->send(hears, at);
    const bool joins = count == 1 ? at % 2 == 0 : at < count;
    const group_name group = "group-" + std::to_string(at % count);
    const auto then = [its = *this, at](result<bool> outcome) {
      invariant(outcome == true, "a group was not joined or left");
      its.step(at + 1);
    };
    if (joins)
      scope.join(self, group, {caf::actor{self}}, patience, then);
    else
      scope.leave(self, group, {caf::actor{self}}, patience, then);
  }
};

caf::behavior member(
  caf::event_based_actor* self, groups scope, caf::actor hears, std::size_t count) {
  const runner its{
    self, std::move(scope), std::move(hears), count, count == 1 ? 2 * rounds : 2 * count};
  return {[its](caf::ok_atom) { its.step(0); }};
}

/// An actor system with a scope.
class home {
public:
  home() : system_(configured(config_)), self_(system_) {
    const auto made = spawn_eager(system_, group_scope_behavior, group_table::limits{});
    scope_actor_ = std::get<started>(made).actor;
    names_.bind(group_scope_name(default_group_scope), scope_actor_);
  }
  ~home() {
    if (member_)
      caf::anon_send_exit(member_, caf::exit_reason::kill);
    caf::anon_send_exit(scope_actor_, caf::exit_reason::kill);
  }
  home(const home&) = delete;
  home& operator=(const home&) = delete;

  void begin(std::size_t count) {
    member_ = system_.spawn(member, scope(), caf::actor{self_}, count);
  }
  void run() {
    self_->send(member_, caf::ok_atom::value);
    self_->receive([](std::size_t) {});
  }
  groups scope() const { return groups{names_}; }
  caf::scoped_actor& self() { return self_; }

private:
  static caf::actor_system_config& configured(caf::actor_system_config& config) {
    invariant(configure_node(config).has_value(), "the actors cannot be configured");
    return config;
  }
  caf::actor_system_config config_;
  caf::actor_system system_;
  caf::scoped_actor self_;
  registry names_;
  caf::actor scope_actor_;
  caf::actor member_;
};

void join_leave(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  home ours;
  ours.begin(count);
  const double steps = static_cast<double>(count == 1 ? rounds : count);
  std::vector<contender> all{{"aiex", {}, [&] { ours.run(); }, steps}};
  const auto otp = otp_peer::start("groups_peer");
  const std::string line =
    count == 1 ? "one " + std::to_string(rounds) : "many " + std::to_string(count);
  if (otp)
    all.push_back({"pg", {}, [&] { otp->tell(line); }, steps});
  contest measured{std::move(all), 4};
  for (auto _ : state)
    state.SetIterationTime(measured.round());
  measured.report(state, steps, "pairs");
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
  ours.self()
    ->request(*ours.scope().scope(), patience, join_group_call{"all", who})
    .receive([](const group_answer&) {}, [](const caf::error&) { invariant(false, "no answer"); });
  const groups scope = ours.scope();
  for (auto _ : state)
    benchmark::DoNotOptimize(scope.members("all"));
}
BENCHMARK(read_members)->Name("read")->ArgName("members")->Arg(1)->Arg(1'000);

} // namespace
} // namespace aiex
