// What a call between actors costs, with its time-out and the watch over who is called, beside
// CAF's own request with a time-out, and OTP's gen_server:call if Erlang is at hand.
//   call/callers:N      so many actors call one, each call when the one before is answered
#include "aiex/persistence/base/error.hpp"
#include "aiex/supervision/call/call.hpp"
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
using start_atom = caf::atom_constant<caf::atom("start")>;
using done_atom = caf::atom_constant<caf::atom("done")>;

constexpr std::chrono::seconds patience{60};
constexpr std::size_t calls_at_once = 6'400; // in an operation, of all callers together

caf::behavior echo(caf::event_based_actor*) {
  return {[](std::uint64_t number) { return number; }};
}

/// Calls `whom` `left` times by `calls`, then tells who started it.
struct caller {
  caf::event_based_actor* self;
  calls by;
  caf::actor whom;
  caf::actor hears;

  void call(std::uint64_t left) const {
    if (left == 0)
      return self->send(hears, done_atom::value);
    by.call<std::uint64_t>(self, whom, patience, left,
      [its = *this](const tl::expected<std::uint64_t, call_error>& answer) {
        invariant(answer.has_value(), "a call was not answered");
        its.call(*answer - 1);
      });
  }
  void request(std::uint64_t left) const {
    if (left == 0)
      return self->send(hears, done_atom::value);
    self->request(whom, patience, left).then([its = *this](std::uint64_t answer) {
      its.request(answer - 1);
    });
  }
};

caf::behavior calling(caf::event_based_actor* self, calls by, caf::actor whom, caf::actor hears) {
  const caller its{self, std::move(by), std::move(whom), std::move(hears)};
  return {[its](start_atom, std::uint64_t times) { its.call(times); }};
}

caf::behavior requesting(caf::event_based_actor* self, caf::actor whom, caf::actor hears) {
  const caller its{self, {}, std::move(whom), std::move(hears)};
  return {[its](start_atom, std::uint64_t times) { its.request(times); }};
}

/// An actor system with one that answers, and those who call it.
class office : public actor_home {
public:
  explicit office(std::size_t callers) {
    const calls by{system_};
    const caf::actor hears{self_};
    whom_ = spawned(spawn_eager(system_, echo));
    plain_whom_ = system_.spawn(echo);
    for (std::size_t i = 0; i < callers; ++i) {
      ours_.push_back(spawned(spawn_eager(system_, calling, by, whom_, hears)));
      plain_.push_back(system_.spawn(requesting, plain_whom_, hears));
    }
  }
  ~office() {
    for (const auto& all : {ours_, plain_, {whom_, plain_whom_}})
      for (const caf::actor& each : all)
        caf::anon_send_exit(each, caf::exit_reason::kill);
  }
  office(const office&) = delete;
  office& operator=(const office&) = delete;

  void call() { run(ours_); }
  void request() { run(plain_); }

private:
  static caf::actor spawned(const start_outcome& outcome) {
    return std::get<started>(outcome).actor;
  }
  void run(const std::vector<caf::actor>& callers) {
    for (const caf::actor& each : callers)
      self_->send(each, start_atom::value, std::uint64_t{calls_at_once / callers.size()});
    for (std::size_t i = 0; i < callers.size(); ++i)
      self_->receive([](done_atom) {});
  }

  caf::actor whom_;
  caf::actor plain_whom_;
  std::vector<caf::actor> ours_;
  std::vector<caf::actor> plain_;
};

void call(benchmark::State& state) {
  const auto callers = static_cast<std::size_t>(state.range(0));
  office here{callers};
  const double steps = static_cast<double>(calls_at_once / callers);
  std::vector<contender> all{
    {"aiex", {}, [&] { here.call(); }, steps}, {"CAF", {}, [&] { here.request(); }, steps}};
  const auto otp = otp_peer::start("calls_peer");
  const std::string line = std::to_string(callers) + " " + std::to_string(calls_at_once / callers);
  if (otp)
    all.push_back({"OTP", {}, [&] { otp->tell(line); }, steps});
  contest measured{std::move(all), 4};
  measure(state, std::move(measured), calls_at_once, "calls");
}
BENCHMARK(call)->ArgName("callers")->Arg(1)->Arg(64)->UseManualTime()->MinTime(1.0)->Unit(
  benchmark::kMillisecond);

} // namespace
} // namespace aiex
