// What supervisors cost, beside plain CAF: an actor of a few lines that spawns, monitors, spawns
// again; and beside OTP's supervisor, if Erlang is at hand. No disk is touched.
//   restart/children:N            one of N children crashes; until the new one says that it is
//                                 there; 64 of them in an operation, for the pipe to Erlang
//   storm/children:N              all crash at once; until all are there again
//   start_children/children:N     until all have begun, one after another
//   start_tree/supervisors:N      so many supervisors of so many children each; until all have
//                                 said that they are there
//   stop_children/children:N      until all have ended: ours one after another, from the last to
//                                 the first; plain CAF tells them all at once
//   start_on_demand/children:N    by a dynamic supervisor, asked for each; CAF is asked the same
//                                 way
#include "aiex/persistence/base/error.hpp"
#include "aiex/supervision/tree/dynamic_supervisor.hpp"
#include "aiex/supervision/tree/spawns.hpp"
#include "aiex/supervision/tree/supervisor.hpp"

#include "support/actor_home.hpp"
#include "support/contest.hpp"
#include "support/otp_peer.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <functional>
#include <memory>
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
constexpr std::size_t restarts_at_once = 64;
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
class nursery : public actor_home {
public:
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
    const start_outcome outcome = spawn_eager(system_, dynamic_supervisor, restart_limit{},
      supervision_context{{}, "bench"}, dynamic_limits{}, caf::actor_addr{});
    return std::get<started>(outcome).actor;
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
};

/// Ours, in plain CAF and in OTP, with so many children that say when they have begun.
class three_supervisors {
public:
  explicit three_supervisors(std::size_t children)
      : ours_(home_.start(home_.spec_of(children, true))), born_(all_born(children)),
        plain_(home_.start_plain(children, true)), plain_born_(all_born(children)),
        otp_(otp_peer::start("supervisors_peer")) {
    if (otp_)
      otp_->tell("start " + std::to_string(children));
  }
  ~three_supervisors() {
    home_.stop(ours_);
    home_.stop(plain_);
  }
  three_supervisors(const three_supervisors&) = delete;
  three_supervisors& operator=(const three_supervisors&) = delete;

  /// `does` to ours and to plain CAF's children, `line` to OTP.
  std::vector<contender> contenders(const std::function<void(std::vector<caf::actor>&)>& does,
    const std::string& line, double steps) {
    std::vector<contender> all{{"aiex", {}, [this, does] { does(born_); }, steps},
      {"CAF", {}, [this, does] { does(plain_born_); }, steps}};
    if (otp_)
      all.push_back({"OTP", {}, [this, line] { otp_->tell(line); }, steps});
    return all;
  }
  /// One crashes; the next that says it has begun takes its place.
  void restart(caf::actor& which) {
    home_.crash(which);
    which = home_.born();
  }
  void restart_all(std::vector<caf::actor>& children) {
    for (const caf::actor& each : children)
      home_.crash(each);
    children = all_born(children.size());
  }

private:
  std::vector<caf::actor> all_born(std::size_t children) {
    std::vector<caf::actor> all(children);
    std::ranges::generate(all, [this] { return home_.born(); });
    return all;
  }

  nursery home_;
  caf::actor ours_;
  std::vector<caf::actor> born_;
  caf::actor plain_;
  std::vector<caf::actor> plain_born_;
  std::unique_ptr<otp_peer> otp_;
};

void restart_one(benchmark::State& state) {
  three_supervisors all{static_cast<std::size_t>(state.range(0))};
  const auto restart = [&all](std::vector<caf::actor>& children) {
    for (std::size_t i = 0; i < restarts_at_once; ++i)
      all.restart(children.front());
  };
  const std::string line = "restart " + std::to_string(restarts_at_once);
  measure(
    state, {all.contenders(restart, line, restarts_at_once), 4}, restarts_at_once, "restarts");
}
BENCHMARK(restart_one)
  ->Name("restart")
  ->ArgName("children")
  ->Arg(10)
  ->Arg(10'000)
  ->UseManualTime()
  ->MinTime(1.0)
  ->Unit(benchmark::kMillisecond);

void storm(benchmark::State& state) {
  const auto children = static_cast<std::size_t>(state.range(0));
  three_supervisors all{children};
  const auto crash = [&all](std::vector<caf::actor>& each) { all.restart_all(each); };
  measure(state, {all.contenders(crash, "storm", 1), 1}, static_cast<double>(children), "restarts");
}
BENCHMARK(storm)
  ->ArgName("children")
  ->Arg(1'000)
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
  measure(state, std::move(measured), static_cast<double>(children), "starts");
  home.stop(ours);
  home.stop(plain);
}

void start_tree(benchmark::State& state) {
  const auto width = static_cast<std::size_t>(state.range(0));
  nursery home;
  const supervision_context context{{}, "bench"};
  supervisor_spec spec;
  caf::actor ours;
  const auto prepare = [&] {
    home.stop(ours);
    spec = {};
    for (std::size_t i = 0; i < width; ++i)
      spec.children.push_back(
        supervisor_child(std::to_string(i), home.spec_of(width, true), context));
  };
  const auto start = [&] { // until all have said that they are there: so does OTP's
    ours = home.start(std::move(spec));
    for (std::size_t i = 0; i < width * width; ++i)
      home.born();
  };
  std::vector<contender> all{{"aiex", prepare, start}};
  const auto otp = otp_peer::start("supervisors_peer");
  const std::string widths = std::to_string(width) + " " + std::to_string(width);
  if (otp)
    all.push_back({"OTP", [&] { otp->tell("stop"); }, [&] { otp->tell("start " + widths); }});
  measure(state, {std::move(all), 1}, static_cast<double>(width * width), "starts");
  home.stop(ours);
}
BENCHMARK(start_tree)
  ->ArgName("supervisors")
  ->Arg(100)
  ->UseManualTime()
  ->Iterations(15)
  ->Unit(benchmark::kMillisecond);

void stop_children(benchmark::State& state) {
  const auto children = static_cast<std::size_t>(state.range(0));
  nursery home;
  caf::actor ours;
  caf::actor plain;
  contest measured{
    {{"aiex", [&] { ours = home.start(home.spec_of(children, false)); }, [&] { home.stop(ours); }},
      {"CAF", [&] { plain = home.start_plain(children, false); }, [&] { home.stop(plain); }}},
    1};
  measure(state, std::move(measured), static_cast<double>(children), "stops");
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
  measure(state, std::move(measured), static_cast<double>(children), "starts");
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
