// What supervisors cost, beside plain CAF: an actor of a few lines that spawns, monitors, spawns
// again; and beside OTP's supervisor, if Erlang is at hand. No disk is touched.
//   restart/children:N            one of N children crashes; until the new one says that it is
//                                 there; by an actor, as it is by a process in Erlang; 64 of them
//                                 in an operation, for the pipe to Erlang
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
using done_atom = caf::atom_constant<caf::atom("done")>;
using wait_atom = caf::atom_constant<caf::atom("wait")>;
using restart_atom = caf::atom_constant<caf::atom("restart")>;
using storm_atom = caf::atom_constant<caf::atom("storm")>;

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

/// Lets children crash, and hears of those that take their place.
struct tormentor_state {
  static inline const char* name = "tormentor";
  std::vector<caf::actor> there;
  std::uint64_t crashes_left = 0;
  caf::response_promise done;
};
/// Answers when that is done and all children are there.
///   wait_atom
///   restart_atom, times   one crashes when the one before it is there again
///   storm_atom            all crash
caf::behavior tormentor(caf::stateful_actor<tormentor_state>* self, std::size_t children) {
  const auto crash_last = [self] {
    self->send(self->state.there.back(), crash_atom::value);
    self->state.there.pop_back();
  };
  const auto go_on = [self, children, crash_last] {
    if (self->state.there.size() < children || !self->state.done.pending())
      return;
    if (self->state.crashes_left == 0)
      return self->state.done.deliver(done_atom::value);
    --self->state.crashes_left;
    crash_last();
  };
  const auto begin = [self, go_on](std::uint64_t crashes) {
    self->state.crashes_left = crashes;
    self->state.done = self->make_response_promise();
    go_on();
    return self->state.done;
  };
  return {
    [self, go_on](caf::actor& born) {
      self->state.there.push_back(std::move(born));
      go_on();
    },
    [begin](wait_atom) { return begin(0); },
    [begin](restart_atom, std::uint64_t times) { return begin(times); },
    [self](storm_atom) {
      for (const caf::actor& each : std::exchange(self->state.there, {}))
        self->send(each, crash_atom::value);
      return self->state.done = self->make_response_promise();
    },
  };
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
  supervisor_spec spec_of(std::size_t children, const caf::actor& hears = {}) {
    supervisor_spec spec{.limit = {restarts_max, std::chrono::seconds{1}}};
    for (std::size_t i = 0; i < children; ++i)
      spec.children.push_back(worker(std::to_string(i), spawns(child, hears)));
    return spec;
  }

  caf::actor start(supervisor_spec spec) {
    const start_outcome outcome = start_supervisor(system_, std::move(spec), {{}, "bench"});
    invariant(std::holds_alternative<started>(outcome), "the children cannot be started");
    return std::get<started>(outcome).actor;
  }
  caf::actor start_plain(std::size_t children, const caf::actor& hears = {}) {
    caf::actor made = system_.spawn(plain_supervisor, hears, children);
    if (!hears) // it begins when a worker comes to it: wait until it has
      ask_plain(made, 1);
    return made;
  }
  caf::actor start_dynamic() {
    const start_outcome outcome = spawn_eager(system_, dynamic_supervisor, restart_limit{},
      supervision_context{{}, "bench"}, dynamic_limits{}, caf::actor_addr{});
    return std::get<started>(outcome).actor;
  }

  caf::actor own() { return self_; }

  /// Until the next child has said that it has begun.
  void wait_for_born() {
    self_->receive([](const caf::actor&) {});
  }

  caf::actor start_tormentor(std::size_t children) { return system_.spawn(tormentor, children); }

  /// Has it do that, until it is done.
  template <class... Words>
  void have(const caf::actor& tormentor, const Words&... words) {
    self_->request(tormentor, patience, words...)
      .receive(
        [](done_atom) {}, [](const caf::error&) { invariant(false, "the children are not back"); });
  }

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
      : tormentor_(home_.start_tormentor(children)),
        plain_tormentor_(home_.start_tormentor(children)),
        ours_(home_.start(home_.spec_of(children, tormentor_))),
        plain_(home_.start_plain(children, plain_tormentor_)),
        otp_(otp_peer::start("supervisors_peer")) {
    home_.have(tormentor_, wait_atom::value);
    home_.have(plain_tormentor_, wait_atom::value);
    if (otp_)
      otp_->tell("start " + std::to_string(children));
  }
  ~three_supervisors() {
    for (caf::actor* each : {&ours_, &plain_, &tormentor_, &plain_tormentor_})
      home_.stop(*each);
  }
  three_supervisors(const three_supervisors&) = delete;
  three_supervisors& operator=(const three_supervisors&) = delete;

  /// `words` to ours and to plain CAF's tormentor, `line` to OTP.
  template <class... Words>
  std::vector<contender> contenders(const std::string& line, double steps, const Words&... words) {
    std::vector<contender> all{
      {"aiex", {}, [this, words...] { home_.have(tormentor_, words...); }, steps},
      {"CAF", {}, [this, words...] { home_.have(plain_tormentor_, words...); }, steps}};
    if (otp_)
      all.push_back({"OTP", {}, [this, line] { otp_->tell(line); }, steps});
    return all;
  }

private:
  nursery home_;
  caf::actor tormentor_;
  caf::actor plain_tormentor_;
  caf::actor ours_;
  caf::actor plain_;
  std::unique_ptr<otp_peer> otp_;
};

void restart_one(benchmark::State& state) {
  three_supervisors all{static_cast<std::size_t>(state.range(0))};
  const std::string line = "restart " + std::to_string(restarts_at_once);
  measure(state,
    {all.contenders(line, restarts_at_once, restart_atom::value, std::uint64_t{restarts_at_once}),
      4},
    restarts_at_once, "restarts");
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
  measure(state, {all.contenders("storm", 1, storm_atom::value), 1}, static_cast<double>(children),
    "restarts");
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
    spec = home.spec_of(children);
  };
  contest measured{
    {{"aiex", prepare, [&] { ours = home.start(std::move(spec)); }},
      {"CAF", [&] { home.stop(plain); }, [&] { plain = home.start_plain(children); }}},
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
        supervisor_child(std::to_string(i), home.spec_of(width, home.own()), context));
  };
  const auto start = [&] { // until all have said that they are there: so does OTP's
    ours = home.start(std::move(spec));
    for (std::size_t i = 0; i < width * width; ++i)
      home.wait_for_born();
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
    {{"aiex", [&] { ours = home.start(home.spec_of(children)); }, [&] { home.stop(ours); }},
      {"CAF", [&] { plain = home.start_plain(children); }, [&] { home.stop(plain); }}},
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
                     {"CAF", [&] { again(plain, [&] { return home.start_plain(0); }); },
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
