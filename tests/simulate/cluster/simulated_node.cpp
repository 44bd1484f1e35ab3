#include "simulate/cluster/simulated_node.hpp"

#include "aiex/persistence/consensus/message_codec.hpp"

#include "simulate/cluster/planted_faults.hpp"

#include <utility>

namespace aiex::test {

namespace {

/// Wall clocks begin in 2026.
constexpr std::int64_t epoch_us = 1'767'225'600'000'000;

constexpr virtual_us gathering = 1 * millisecond;    // what comes meanwhile is one group
constexpr std::uint64_t entries_per_state_sync = 32; // production lets the system do it

/// What an operator's check of the log would say of it.
bool is_sound(const log_record& record, sha256& hash) {
  const auto entry = consensus::entry_of(std::make_shared<const std::string>(record.bytes), hash);
  return entry && entry->place.index == record.index;
}

} // namespace

simulated_node::simulated_node(node_number number, consensus::core_options options,
  simulated_disk& disk, node_surroundings around)
    : number_(number), options_(options), disk_(disk), around_(std::move(around)) {}

const consensus::core_state& simulated_node::core() const noexcept {
  static const consensus::core_state nothing;
  return is_up() ? store_->member().core() : nothing;
}

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

/// A state that is ahead of its log is dropped, as a node's start does.
result<event_store> simulated_node::open() {
  auto opened = event_store::open(disk_.media(), options_, watched_step());
  if (opened || opened.error().code != errc::corrupt)
    return opened;
  disk_.state = memory_tables{};
  return event_store::open(disk_.media(), options_, watched_step());
}

consensus::stepper simulated_node::watched_step() {
  return [this, is_first = true](consensus::core_state& core, const consensus::input& given,
           consensus::outputs& out) mutable {
    if (planted && std::exchange(is_first, false))
      spoil(*planted, core);
    around_.before_step(*this, given);
    consensus::step(core, given, out);
    around_.stepped(*this, core, given, out);
  };
}

void simulated_node::start() {
  if (is_up() || is_lost_)
    return;
  ++life_;
  auto opened = open();
  if (!opened) {
    is_lost_ = true;
    return;
  }
  store_.emplace(std::move(*opened));
  told_applied_ = synced_applied_ = applied().index;
  start_projection();
  around_.started(*this);
  projection_->look();
  plan_tick();
  serve();
}

void simulated_node::become(consensus::member_id id) {
  options_.self = id;
  is_lost_ = false;
}

void simulated_node::start_projection() {
  projection_.emplace(
    projection_surroundings{*store_, disk_, around_.dice, [this] { return around_.time.now(); },
      [this](virtual_us delay, virtual_time::action what) { plan(delay, std::move(what)); },
      [this](const projection_save& save) { around_.projected(*this, save); },
      planted == planted_fault::position_apart});
  if (is_calm_)
    projection_->be_calm();
}

void simulated_node::be_calm() {
  is_calm_ = true;
  if (projection_)
    projection_->be_calm();
}

void simulated_node::plan_tick() {
  plan(clock.tick, [this] {
    input(consensus::tick{around_.dice.any()});
    plan_tick();
  });
}

void simulated_node::plan_work() {
  using kind = replica::work_kind;
  const kind next = store_->member().next_work();
  if (is_working_ || next == kind::none)
    return;
  is_working_ = true;
  const bool syncs = next == kind::write || next == kind::repair;
  const disk_quality& quality = disk_.quality;
  plan(
    syncs ? around_.dice.between(quality.sync_min, quality.sync_max) : around_.dice.between(1, 500),
    [this, next] {
      is_working_ = false;
      if (store_->member().next_work() == next)
        store_->member().work(wall_clock());
      serve();
    });
}

/// Of what is under way on the disk some may be there.
void simulated_node::crash(bool is_power_lost) {
  if (!is_up())
    return;
  if (is_working_ && store_->member().has_work() && around_.dice.one_in(2)) {
    disk_.tear(around_.dice.below(4), around_.dice.any());
    store_->member().work(wall_clock());
  }
  if (!is_power_lost) // the system still writes what the process gave it
    (void)disk_.state.storage().sync();
  disk_.crash();
  ++life_;
  paused_until_ = 0;
  projection_.reset();
  store_.reset();
  is_working_ = false;
  open_.clear(); // nobody is told: whoever waits gives up
  appends_.clear();
  reads_.clear();
  changes_.clear();
}

void simulated_node::receive(const simulated_network::bytes& message) {
  if (!is_up())
    return;
  plan(0, [this, message] {
    auto heard = consensus::message_of(*message, hash_);
    invariant(heard.has_value(), "a message that was encoded cannot be decoded");
    input(consensus::received{std::move(*heard)});
  });
}

void simulated_node::input(const consensus::input& given) {
  if (!is_up())
    return;
  store_->member().take(given, wall_clock());
  serve();
}

/// What the store has to say and to do.
void simulated_node::serve() {
  if (const auto& why = store_->failure()) {
    crash(why->code != errc::stopped);
    return around_.failed();
  }
  store_words words = store_->words();
  if (const chain_end end = applied(); end.index != told_applied_) {
    told_applied_ = end.index;
    around_.applied(end);
    sync_state();
    projection_->look();
  }
  for (const consensus::message& each : words.messages)
    around_.send(each);
  answer(words);
  plan_work();
}

void simulated_node::answer(store_words& words) {
  for (answered_appends& each : words.appends) {
    const auto waiting = appends_.extract(each.group);
    for (std::size_t i = 0; waiting && i < each.answers.size(); ++i)
      waiting.mapped()[i](std::move(each.answers[i]));
  }
  for (const answered_read& each : words.reads)
    if (const auto waiting = reads_.extract(each.ticket))
      waiting.mapped().to(
        each.outcome ? look(waiting.mapped().asked) : tl::unexpected(each.outcome.error()));
  for (const consensus::change_outcome& each : words.changes)
    if (const auto waiting = changes_.extract(each.ticket))
      waiting.mapped()(each);
}

void simulated_node::sync_state() {
  if (told_applied_ < synced_applied_ + entries_per_state_sync)
    return;
  (void)disk_.state.storage().sync();
  synced_applied_ = told_applied_;
}

void simulated_node::append(append_request request, append_answer to) {
  if (!is_up())
    return;
  if (planted)
    spoil(*planted, request);
  if (!store_->take(request)) {
    close_group();
    if (!is_up())
      return;
    store_->take(request);
  }
  open_.push_back(std::move(to));
  if (open_.size() == 1)
    plan(gathering, [this] { close_group(); });
}

void simulated_node::close_group() {
  if (const std::uint64_t group = store_->close(wall_clock()); group != 0)
    appends_[group] = std::exchange(open_, {});
  serve();
}

void simulated_node::read(client_call asked, read_answer to) {
  if (!is_up())
    return;
  reads_.emplace(store_->begin_read(wall_clock()), waiting_read{std::move(asked), std::move(to)});
  serve();
}

result<seen_until> simulated_node::look(const client_call& asked) {
  seen_until seen;
  if (const auto* named = std::get_if<read_stream>(&asked)) {
    const auto found = store_->stream(named->name);
    if (found && *found)
      seen.at = (*found)->version;
  } else {
    seen.at = store_->head()->position.value;
  }
  return seen;
}

result<event_page> simulated_node::page(const query& asked) const {
  return store_->read(asked, {.events = 3}); // small, so that pages are many
}

void simulated_node::change(const consensus::member_change& what, change_answer to) {
  if (!is_up())
    return;
  changes_.emplace(++tickets_, std::move(to));
  input(consensus::change{tickets_, what});
}

void simulated_node::check_log() {
  std::vector<std::uint64_t> damaged;
  (void)disk_.log.storage().read(1, direction::ascending, [&](const log_record& record) {
    if (!is_sound(record, hash_))
      damaged.push_back(record.index);
    return true;
  });
  for (const std::uint64_t index : damaged)
    if (is_up() && !core().standing.damaged().contains(index))
      input(consensus::damaged{index});
}

consensus::configuration simulated_node::members_on_disk() const {
  consensus::configuration newest;
  if (!disk_.record || !disk_.record->joins) // a store alone has no entry that says so
    newest.members.push_back({options_.self, consensus::member_role::voter, {}, {}});
  sha256 hash;
  for (std::uint64_t index = 1; index <= disk_.last_index(); ++index) {
    const auto entry =
      consensus::entry_of(std::make_shared<const std::string>(*disk_.written(index)), hash);
    if (entry && entry->members)
      newest = *entry->members;
  }
  return newest;
}

std::optional<std::string> simulated_node::entry_at(std::uint64_t index) const {
  const auto& unsynced = core().writes.unsynced;
  if (!unsynced.empty() && index >= unsynced.front().place.index &&
      index <= unsynced.back().place.index)
    return *unsynced[index - unsynced.front().place.index].bytes;
  return index > core().last().index ? std::nullopt : disk_.written(index);
}

} // namespace aiex::test
