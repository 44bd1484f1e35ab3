// Fan-out to actors of one node through the bus, beside plain CAF that sends every event to every
// member. Log and state are in memory, so that no disk is measured; the bus still appends, indexes
// and reads each event.
//   fan_out/members:N/events:E   N subscribers; E events in one append, until all have all of them
//   grant_behind/behind:N        what one credit costs while N subscriptions catch up: as much for
//                                many as for few
#include "aiex/actors/flow/bus.hpp"
#include "aiex/actors/runtime/profile.hpp"
#include "aiex/persistence/storage/memory_log.hpp"
#include "aiex/persistence/storage/memory_tables.hpp"

#include "support/contest.hpp"
#include "support/scratch.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace aiex {
namespace {

using namespace bench;
using have_all_atom = caf::atom_constant<caf::atom("haveall")>;
using plain_event = std::shared_ptr<const std::string>;

constexpr std::chrono::seconds patience{30};

} // namespace
} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::plain_event)

namespace aiex {
namespace {

/// Counts what it gets from the bus or plainly, and reports every `expected` events.
caf::behavior member(caf::event_based_actor* self, caf::actor reports_to, std::size_t expected) {
  const auto seen = std::make_shared<std::size_t>(0);
  const auto count = [=](std::size_t events) {
    *seen += events;
    if (*seen < expected)
      return;
    *seen -= expected;
    self->send(reports_to, have_all_atom::value);
  };
  return {
    [=](const event_delivery& delivery) {
      count(delivery.size());
      self->send(caf::actor_cast<caf::actor>(self->current_sender()),
        event_credit{delivery.subscription(0), static_cast<std::uint32_t>(delivery.size())});
    },
    [=](const plain_event&) { count(1); },
  };
}

class audience {
public:
  audience(caf::actor_system& system, std::size_t members, std::size_t events)
      : self_(system), events_(events) {
    auto opened =
      event_store::open({log_.storage(), tables_.storage(), [this] { return log_.bytes_free(); }});
    invariant(opened.has_value(), "the store of the benchmark cannot be opened");
    const auto shared = std::make_shared<event_store>(std::move(*opened));
    const auto fail_loudly = [](const error& why) { throw std::runtime_error{why.message}; };
    writer_ =
      system.spawn<caf::detached>(store_writer, shared, store_environment{now, fail_loudly});
    reader_ = system.spawn<caf::detached>(store_reader, shared);
    const store events_of{writer_, {reader_}, shared, std::make_shared<append_gate>()};
    bus_ = system.spawn(bus, events_of, std::make_shared<bus_memory>(position{}));
    for (std::size_t i = 0; i < members; ++i)
      members_.push_back(system.spawn(member, caf::actor{self_}, events));
    for (const caf::actor& each : members_)
      subscribe(each);
  }
  ~audience() {
    members_.insert(members_.end(), {bus_, writer_, reader_});
    for (const caf::actor& each : members_)
      self_->send_exit(each, caf::exit_reason::user_shutdown);
    self_->wait_for(members_);
  }

  void prepare() { request_ = std::make_shared<append_request>(source_.append(events_)); }

  void publish() {
    self_->request(writer_, patience, append_call{request_, nullptr})
      .receive(
        [](const append_answer& answer) {
          invariant(answer.outcome.has_value(), "an append of the benchmark failed");
        },
        [](const caf::error&) { invariant(false, "the store of the benchmark is silent"); });
    await_all();
  }

  void publish_plainly() {
    for (std::size_t i = 0; i < events_; ++i) {
      const auto made = std::make_shared<const std::string>(data_bytes, 'x');
      for (const caf::actor& each : members_)
        self_->send(each, made);
    }
    await_all();
  }

private:
  void subscribe(const caf::actor& receiver) {
    subscribe_call call;
    call.receiver = receiver;
    self_->request(bus_, patience, call)
      .receive(
        [](const subscribed& answer) {
          invariant(answer.outcome.has_value(), "a member cannot subscribe");
        },
        [](const caf::error&) { invariant(false, "the bus of the benchmark is silent"); });
  }

  void await_all() {
    for (std::size_t i = 0; i < members_.size(); ++i)
      self_->receive([](have_all_atom) {});
  }

  caf::scoped_actor self_;
  memory_log log_;
  memory_tables tables_;
  caf::actor writer_;
  caf::actor reader_;
  caf::actor bus_;
  std::vector<caf::actor> members_;
  event_source source_;
  std::size_t events_;
  std::shared_ptr<append_request> request_;
};

void fan_out(benchmark::State& state) {
  const auto members = static_cast<std::size_t>(state.range(0));
  const auto events = static_cast<std::size_t>(state.range(1));
  caf::actor_system_config config;
  invariant(configure_node(config).has_value(), "the actors cannot be configured");
  caf::actor_system system{config};
  audience all{system, members, events};
  contest measured{{{"aiex", [&] { all.prepare(); }, [&] { all.publish(); }},
                     {"CAF", {}, [&] { all.publish_plainly(); }}},
    8};
  measure(state, std::move(measured), static_cast<double>(members * events), "deliveries");
}
BENCHMARK(fan_out)
  ->ArgNames({"members", "events"})
  ->Args({1'000, 1})
  ->Args({1'000, 64})
  ->UseManualTime()
  ->MinTime(1.0)
  ->Unit(benchmark::kMillisecond);

void grant_behind(benchmark::State& state) {
  const auto behind = static_cast<subscriber_key>(state.range(0));
  subscription_table table{position{1'000'000}};
  std::vector<subscription_id> ids;
  for (subscriber_key key = 1; key <= behind; ++key)
    ids.push_back(table.add(key, {}, position{}).value());
  std::size_t turn = 0;
  for (auto _ : state) {
    table.grant(ids[turn++ % ids.size()], 1);
    benchmark::DoNotOptimize(table.catch_up());
  }
}
BENCHMARK(grant_behind)->ArgName("behind")->Arg(100)->Arg(10'000);

} // namespace
} // namespace aiex
