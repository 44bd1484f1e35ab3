#include "simulate/cluster/simulated_node.hpp"

#include "aiex/persistence/consensus/message_codec.hpp"

#include "simulate/cluster/composed_entry.hpp"
#include "simulate/cluster/planted_faults.hpp"

#include <utility>

namespace aiex::test {

namespace {

/// Wall clocks begin in 2026.
constexpr std::int64_t epoch_us = 1'767'225'600'000'000;

} // namespace

simulated_node::simulated_node(node_number number, consensus::core_options options,
  simulated_disk& disk, node_surroundings around)
    : number_(number), options_(options), disk_(disk), around_(std::move(around)) {}

void simulated_node::plan(virtual_us delay, virtual_time::action what) {
  around_.time.in(delay, [this, life = life_, what = std::move(what)] {
    if (life != life_)
      return;
    if (paused_until_ > around_.time.now())
      return plan(paused_until_ - around_.time.now(), what);
    what();
  });
}

timestamp simulated_node::wall_clock() const {
  const auto now = static_cast<std::int64_t>(around_.time.now());
  return timestamp{std::chrono::microseconds{epoch_us + now + clock.ahead}};
}

void simulated_node::start() {
  if (is_up_)
    return;
  ++life_;
  is_up_ = true;
  core_ = consensus::begin(options_, found_on_disk());
  if (planted)
    spoil(*planted, core_);
  load_projection();
  around_.started(*this);
  go_on_applying();
  plan_projection();
  plan_tick();
}

void simulated_node::plan_tick() {
  plan(clock.tick, [this] {
    input(consensus::tick{around_.dice.any()});
    plan_tick();
  });
}

void simulated_node::crash(bool is_power_lost) {
  if (!is_up_)
    return;
  tear_work();
  if (!is_power_lost) // the system still writes what the process gave it
    (void)disk_.state.storage().sync();
  disk_.crash();
  ++life_;
  is_up_ = false;
  paused_until_ = 0;
  core_ = {};
  applied_ = {};
  projected_ = projection_sum_ = unsynced_applied_ = 0;
  is_projecting_ = is_working_ = false;
  log_end_.reset();
  in_flight_.end();
  works_.clear();
  gathered_.clear(); // nobody is told: whoever waits gives up
  appends_.clear();
  reads_.clear();
  confirmed_reads_.clear();
  changes_.clear();
}

void simulated_node::receive(const simulated_network::bytes& message) {
  if (!is_up_)
    return;
  plan(0, [this, message] {
    auto heard = consensus::message_of(*message, hash_);
    invariant(heard.has_value(), "a message that was encoded cannot be decoded");
    input(consensus::received{std::move(*heard)});
  });
}

void simulated_node::input(const consensus::input& given) {
  inputs more{given};
  const std::uint64_t life = life_;
  while (!more.empty() && is_up_ && life == life_) {
    const consensus::input next = std::move(more.front());
    more.pop_front();
    consensus::outputs out;
    around_.before_step(*this, next);
    consensus::step(core_, next, out);
    around_.stepped(*this, next, out);
    take(out, more);
  }
}

void simulated_node::take(consensus::outputs& out, inputs& more) {
  for (const consensus::message& each : out.messages)
    around_.send(each);
  if (out.write)
    enqueue(*out.write);
  for (const consensus::repair_job& each : out.repairs)
    enqueue(each);
  for (const consensus::read_job& each : out.reads)
    read_entries(each);
  for (const consensus::wanted& each : out.wants)
    compose(each, more);
  for (const consensus::refusal& each : out.refused)
    answer_refused(each);
  if (out.committed)
    apply_up_to(*out.committed, more);
  for (const consensus::read_state& each : out.reads_done) {
    auto waiting = reads_.extract(each.ticket);
    if (waiting.empty()) {
      answer_confirmed(each);
      continue;
    }
    waiting_read& read = waiting.mapped();
    if (!each.index) {
      read.to(fail(errc::no_quorum, "no leader is known, or it does not lead any more"));
      continue;
    }
    read.index = *each.index;
    confirmed_reads_.push_back(std::move(read));
  }
  for (const consensus::change_outcome& each : out.changes_done)
    if (auto waiting = changes_.extract(each.ticket))
      waiting.mapped()(each);
  if (out.role && !core_.is_leader()) {
    in_flight_.end();
    answer_all(errc::unknown_outcome, errc::no_quorum);
  }
  answer_applied();
  answer_reads();
}

void simulated_node::compose(const consensus::wanted& what, inputs& more) {
  if (!core_.is_leader())
    return;
  const consensus::log_place place{core_.last().index + 1, core_.term()};
  consensus::entry made{place, what.kind, {}, what.members};
  made.bytes = std::make_shared<const std::string>(
    composed_entry(what, log_end(), core_.term(), wall_clock()));
  more.push_front(consensus::proposal{std::move(made)}); // before anything else comes
}

const chain_end& simulated_node::log_end() {
  const consensus::log_place last = core_.last();
  if (!log_end_ || log_end_->first != last) {
    const auto bytes = entry_at(last.index);
    log_end_.emplace(last, bytes ? end_behind(*bytes, hash_) : chain_end{});
  }
  return log_end_->second;
}

std::optional<std::string> simulated_node::entry_at(std::uint64_t index) const {
  const auto& unsynced = core_.writes.unsynced;
  if (!unsynced.empty() && index >= unsynced.front().place.index &&
      index <= unsynced.back().place.index)
    return *unsynced[index - unsynced.front().place.index].bytes;
  return index > core_.last().index ? std::nullopt : disk_.written(index);
}

void simulated_node::change(const consensus::member_change& what, change_answer answer) {
  if (!is_up_)
    return;
  changes_.emplace(++tickets_, std::move(answer));
  input(consensus::change{tickets_, what});
}

} // namespace aiex::test
