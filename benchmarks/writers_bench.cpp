// Many writers at once through the store's actor, which commits together what arrives together.
// Beside it LMDB with nothing around it, committing the same bytes in ideal groups: every group
// holds one append of each writer and nobody waits for a message.
//   durable_append_by_actors/writers:N   N actors, each with one append of one event on its way
// at a time; p50 and p99 are of the mean of 32 appends
#include "aiex/actors/flow/store.hpp"
#include "aiex/actors/runtime/profile.hpp"

#include "support/contest.hpp"
#include "support/raw_lmdb_log.hpp"
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
using write_atom = caf::atom_constant<caf::atom("write")>;
using written_atom = caf::atom_constant<caf::atom("written")>;

constexpr std::chrono::seconds patience{30};
constexpr int appends_per_turn = 32;

/// Writes `appends_per_turn` events one after another, then says so.
class writer_actor : public caf::event_based_actor {
public:
  writer_actor(caf::actor_config& config, store to, std::shared_ptr<event_source> source)
      : caf::event_based_actor(config), to_(std::move(to)), source_(std::move(source)) {}

  caf::behavior make_behavior() override {
    return {[this](write_atom, const caf::actor& asker) {
      asker_ = asker;
      left_ = appends_per_turn;
      requests_.clear();
      for (int i = 0; i < appends_per_turn; ++i)
        requests_.push_back(source_->append(1));
      write_next();
    }};
  }

private:
  void write_next() {
    if (left_ == 0)
      return send(asker_, written_atom::value);
    --left_;
    to_.append(this, std::move(requests_[static_cast<std::size_t>(left_)]), patience,
      [this](const result<append_result>& answer) {
        invariant(answer.has_value(), "an append of the benchmark failed");
        write_next();
      });
  }

  store to_;
  std::shared_ptr<event_source> source_;
  caf::actor asker_;
  int left_ = 0;
  std::vector<append_request> requests_;
};

/// A store's actors and writers that use them.
class crowd {
public:
  crowd(caf::actor_system& system, const local_store& opened, std::size_t writers)
      : self_(system),
        writer_(system.spawn<caf::detached>(store_writer, opened.events(),
          store_environment{now, [](const error& why) { throw std::runtime_error{why.message}; }})),
        reader_(system.spawn<caf::detached>(store_reader, opened.events())),
        store_(writer_, {reader_}, opened.events(), std::make_shared<append_gate>()) {
    for (std::size_t i = 0; i < writers; ++i)
      writers_.push_back(system.spawn<writer_actor>(store_, std::make_shared<event_source>()));
  }
  ~crowd() {
    writers_.push_back(writer_);
    writers_.push_back(reader_);
    for (const caf::actor& each : writers_)
      self_->send_exit(each, caf::exit_reason::user_shutdown);
    self_->wait_for(writers_);
  }

  void write() {
    for (const caf::actor& each : writers_)
      self_->send(each, write_atom::value, caf::actor{self_});
    for (std::size_t i = 0; i < writers_.size(); ++i)
      self_->receive([](written_atom) {});
  }

  /// How many appends the writer has committed together, on average.
  double appends_per_group() {
    double mean = 0;
    self_->request(writer_, patience, store_statistics_call{})
      .receive(
        [&](const store_statistics& counted) {
          mean = static_cast<double>(counted.appends) / static_cast<double>(counted.groups);
        },
        [](const caf::error&) { invariant(false, "the writer of the benchmark is silent"); });
    return mean;
  }

private:
  caf::scoped_actor self_;
  caf::actor writer_;
  caf::actor reader_;
  store store_;
  std::vector<caf::actor> writers_;
};

void durable_append_by_actors(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  const scratch_folder folder;
  const local_store opened = open_store(folder.path() / "aiex");
  raw_lmdb_log raw{folder.path() / "lmdb"};
  std::string entry(entry_bytes_per_event * count + entry_prefix_bytes, 'x');
  caf::actor_system_config config;
  invariant(configure_node(config).has_value(), "the actors cannot be configured");
  caf::actor_system system{config};
  crowd all{system, opened, count};

  const auto raw_turn = [&] {
    for (int i = 0; i < appends_per_turn; ++i)
      raw.append(entry);
  };
  contest measured{{{"aiex", {}, [&] { all.write(); }, appends_per_turn},
                     {"lmdb", {}, raw_turn, appends_per_turn}},
    1};
  measure(state, std::move(measured), static_cast<double>(count) * appends_per_turn, "events");
  state.counters["appends_per_group"] = all.appends_per_group();
}
BENCHMARK(durable_append_by_actors)
  ->ArgNames({"writers"})
  ->Arg(1)
  ->Arg(64)
  ->UseManualTime()
  ->MinTime(2.0)
  ->Unit(benchmark::kMillisecond);

} // namespace
} // namespace aiex
