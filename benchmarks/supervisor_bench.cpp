// What supervisors cost, beside plain CAF: an actor of a few lines that spawns, monitors, spawns
// again. No disk is touched.
//   restart/children:N            one of N children crashes; until the new one says that it is
//   there start_children/children:N     until all have begun, one after another
//   stop_children/children:N      until all have ended: ours one after another, from the last to
//   the
//                                 first; plain CAF tells them all at once
//   start_on_demand/children:N    by a dynamic supervisor, asked for each; CAF is asked the same
//   way
#include "aiex/actors/runtime/profile.hpp"
#include "aiex/persistence/base/error.hpp"
#include "aiex/supervision/dynamic_supervisor.hpp"
#include "aiex/supervision/spawns.hpp"
#include "aiex/supervision/supervisor.hpp"

#include "support/contest.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace aiex {
namespace {

using namespace bench;
using crash_atom = caf::atom_constant<caf::atom("crash")>;
using spawn_atom = caf::atom_constant<caf::atom("spawn")>;

constexpr std::chrono::seconds patience{60};
constexpr std::uint32_t restarts_max = 10'000'000; // the limit is not what is measured

/// A child that crashes when told, and tells `hears` that it has begun, if there is anybody.
caf::behavior child(caf::event_based_actor* self, caf::actor hears) {
  if (hears)
    self->send(hears, caf::actor{self});
  return {[self](crash_atom) {
    self->quit(caf::make_error(caf::sec::runtime_error, std::string{"it was told to"}));
  }};
}

/// A supervisor as one writes it in plain CAF.
struct plain_state {
  static inline const char* name = "plain";
  std::unordered_map<caf::actor_id, caf::actor> children;
};
caf::behavior plain_supervisor(
  caf::stateful_actor<plain_state>* self, caf::actor hears, std::size_t children) {
  const auto start = [self, hears] {
    caf::actor made = self->spawn<caf::monitored>(child, hears);
    self->state.children.emplace(made.id(), made);
    return made;
  };
  self->set_down_handler([self, start](const caf::down_msg& down) {
    self->state.children.erase(down.source.id());
    start();
  });
  self->set_exit_handler([self](const caf::exit_msg& told) {
    for (const auto& [id, each] : self->state.children)
      self->send_exit(each, told.reason);
    self->set_down_handler([self](const caf::down_msg& down) {
      self->state.children.erase(down.source.id());
      if (self->state.children.empty())
        self->quit(caf::exit_reason::user_shutdown);
    });
  });
  for (std::size_t i = 0; i < children; ++i)
    start();
  return {[start](spawn_atom) { return start(); }};
}

/// An actor system, and what is being measured in it.
class nursery {
public:
  nursery() : system_(configured(config_)), self_(system_) {}

  supervisor_spec spec_of(std::size_t children, bool tells) {
    supervisor_spec spec{.limit = {restarts_max, std::chrono::seconds{1}}};
    const caf::actor hears = tells ? caf::actor{self_} : caf::actor{};
    for (std::size_t i = 0; i < children; ++i)
      spec.children.push_back(worker(std::to_string(i), spawns(child, hears)));
    return spec;
  }

  caf::actor start(supervisor_spec spec) {
    const start_outcome outcome = start_supervisor(system_, std::move(spec), {{}, "bench"});
    invariant(std::holds_alternative<started>(outcome), "the children cannot be started");
    return std::get<started>(outcome).actor;
  }
  caf::actor start_plain(std::size_t children, bool tells) {
    caf::actor made =
      system_.spawn(plain_supervisor, tells ? caf::actor{self_} : caf::actor{}, children);
    if (!tells) // it begins when a worker comes to it: wait until it has
      ask_plain(made, 1);
    return made;
  }
  caf::actor start_dynamic() {
    caf::actor made;
    const child_spec spec = dynamic_supervisor_child("bench", {}, {});
    const auto starter = system_.spawn([&](caf::event_based_actor* self) -> caf::behavior {
      made = std::get<started>(spec.start(*self)).actor;
      return {};
    });
    self_->wait_for(starter);
    return made;
  }

  /// The next child that says it has begun.
  caf::actor born() {
    caf::actor newest;
    self_->receive([&](const caf::actor& which) { newest = which; });
    return newest;
  }
  void crash(const caf::actor& which) { self_->send(which, crash_atom::value); }

  /// Asks for so many children, then waits for all answers.
  void ask(const caf::actor& supervisor, std::size_t children) {
    const auto call = [] {
      return start_child_call{worker("child", spawns(child, caf::actor{}), {restart::temporary})};
    };
    ask_for<start_child_answer>(supervisor, children, call);
  }
  void ask_plain(const caf::actor& supervisor, std::size_t children) {
    ask_for<caf::actor>(supervisor, children, [] { return spawn_atom::value; });
  }

  void stop(caf::actor& which) {
    if (!which)
      return;
    self_->send_exit(which, caf::exit_reason::user_shutdown);
    self_->wait_for(std::exchange(which, {}));
  }

private:
  template <class Answer, class Call>
  void ask_for(const caf::actor& supervisor, std::size_t children, Call call) {
    std::vector<decltype(self_->request(supervisor, patience, call()))> asked;
    for (std::size_t i = 0; i < children; ++i)
      asked.push_back(self_->request(supervisor, patience, call()));
    for (auto& each : asked)
      each.receive([](const Answer&) {},
        [](const caf::error&) { invariant(false, "a supervisor is silent"); });
  }

  static caf::actor_system_config& configured(caf::actor_system_config& config) {
    invariant(configure_node(config).has_value(), "the actors cannot be configured");
    return config;
  }

  caf::actor_system_config config_;
  caf::actor_system system_;
  caf::scoped_actor self_;
};

void restart_one(benchmark::State& state) {
  const auto children = static_cast<std::size_t>(state.range(0));
  nursery home;
  const auto first_of = [&] { // all children say that they have begun; one of them is the victim
    caf::actor any;
    for (std::size_t i = 0; i < children; ++i)
      any = home.born();
    return any;
  };
  caf::actor ours = home.start(home.spec_of(children, true));
  caf::actor victim = first_of();
  caf::actor plain = home.start_plain(children, true);
  caf::actor plain_victim = first_of();
  const auto crash = [&home](caf::actor& which) {
    home.crash(which);
    which = home.born();
  };
  contest measured{
    {{"aiex", {}, [&] { crash(victim); }}, {"CAF", {}, [&] { crash(plain_victim); }}}, 256};
  for (auto _ : state)
    state.SetIterationTime(measured.round());
  measured.report(state, 1, "restarts");
  home.stop(ours);
  home.stop(plain);
}
BENCHMARK(restart_one)
  ->Name("restart")
  ->ArgName("children")
  ->Arg(10)
  ->Arg(10'000)
  ->UseManualTime()
  ->MinTime(1.0)
  ->Unit(benchmark::kMillisecond);

void start_children(benchmark::State& state) {
  const auto children = static_cast<std::size_t>(state.range(0));
  nursery home;
  supervisor_spec spec;
  caf::actor ours;
  caf::actor plain;
  const auto prepare = [&] {
    home.stop(ours);
    spec = home.spec_of(children, false);
  };
  contest measured{
    {{"aiex", prepare, [&] { ours = home.start(std::move(spec)); }},
      {"CAF", [&] { home.stop(plain); }, [&] { plain = home.start_plain(children, false); }}},
    1};
  for (auto _ : state)
    state.SetIterationTime(measured.round());
  measured.report(state, static_cast<double>(children), "starts");
  home.stop(ours);
  home.stop(plain);
}

void stop_children(benchmark::State& state) {
  const auto children = static_cast<std::size_t>(state.range(0));
  nursery home;
  caf::actor ours;
  caf::actor plain;
  contest measured{
    {{"aiex", [&] { ours = home.start(home.spec_of(children, false)); }, [&] { home.stop(ours); }},
      {"CAF", [&] { plain = home.start_plain(children, false); }, [&] { home.stop(plain); }}},
    1};
  for (auto _ : state)
    state.SetIterationTime(measured.round());
  measured.report(state, static_cast<double>(children), "stops");
}

void start_on_demand(benchmark::State& state) {
  const auto children = static_cast<std::size_t>(state.range(0));
  nursery home;
  caf::actor ours;
  caf::actor plain;
  const auto again = [&home](caf::actor& which, auto start) {
    home.stop(which);
    which = start();
  };
  contest measured{{{"aiex", [&] { again(ours, [&] { return home.start_dynamic(); }); },
                      [&] { home.ask(ours, children); }},
                     {"CAF", [&] { again(plain, [&] { return home.start_plain(0, false); }); },
                       [&] { home.ask_plain(plain, children); }}},
    1};
  for (auto _ : state)
    state.SetIterationTime(measured.round());
  measured.report(state, static_cast<double>(children), "starts");
  home.stop(ours);
  home.stop(plain);
}

void sizes(benchmark::internal::Benchmark* asked) {
  asked->ArgName("children")->Arg(1'000)->Arg(10'000)->Arg(100'000);
  asked->UseManualTime()->Iterations(7)->Unit(benchmark::kMillisecond);
}
BENCHMARK(start_children)->Apply(sizes);
BENCHMARK(stop_children)->Apply(sizes);
BENCHMARK(start_on_demand)->Apply(sizes);

} // namespace
} // namespace aiex
