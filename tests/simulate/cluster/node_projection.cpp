#include "simulate/cluster/node_projection.hpp"

#include "simulate/cluster/projection_sum.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace aiex::test {

namespace {

constexpr projection_options options{.on_failure = failure_policy::retry,
  .retries_max = 3,
  .save_every_events = 16,
  .save_every = std::chrono::milliseconds{50},
  .is_inline = false};
constexpr std::size_t events_per_look = 8;

/// Sums up the ids of all events, and has a row for each stream: its version.
const projection_type& sum_of_ids() {
  static const projection_type type{projection_name, {}, state_type_of<projection_sum>(),
    {{"", 1,
      [](void* state, event_context& context) -> result<void> {
        auto& now = *static_cast<projection_sum*>(state);
        now.sum = added_to_projection(now.sum, context.event.id);
        context.rows->put(context.event.stream, std::to_string(context.event.version));
        return {};
      }}},
    options};
  return type;
}

std::optional<projection_record> record_of(const read_models& models) {
  auto found = models.load(projection_name);
  invariant(found.has_value(), "the record of the projection cannot be read");
  return std::move(*found);
}

} // namespace

node_projection::node_projection(projection_surroundings around)
    : around_(std::move(around)),
      models_(std::make_shared<read_models>(around_.disk.models.storage())),
      core_(options, sum_of_ids().state.fingerprint, record_of(*models_),
        around_.store.head()->position),
      model_(sum_of_ids(), models_), saved_at_(core_.record().at) {
  invariant(model_.load(core_.record().generation), "the projection's state cannot be read");
  plan_operator();
}

projection_core::time node_projection::now() const {
  return projection_core::time{std::chrono::microseconds{around_.now()}};
}

void node_projection::look() {
  look_in(around_.dice.between(1 * millisecond, 20 * millisecond));
}

/// Not later, whatever was planned before.
void node_projection::look_in(virtual_us delay) {
  const virtual_us at = around_.now() + delay;
  if (looks_at_ && *looks_at_ <= at)
    return;
  looks_at_ = at;
  around_.plan(delay, [this, at] {
    if (looks_at_ != at)
      return;
    looks_at_.reset();
    work();
  });
}

/// None also if they cannot be read now.
event_page node_projection::waiting_events() const {
  query asked;
  asked.after = core_.record().at;
  asked.system = true;
  auto page = around_.store.read(asked, {.events = events_per_look});
  return page ? std::move(*page) : event_page{};
}

void node_projection::work() {
  handle(waiting_events());
  const bool is_behind = around_.store.head()->position > core_.record().at;
  if (is_behind && !core_.is_saving() && !core_.stands_still(now()))
    look();
  else if (const auto due = core_.due(now()))
    look_in(
      1 + static_cast<virtual_us>(
            std::chrono::ceil<std::chrono::microseconds>(std::max(*due, now()) - now()).count()));
}

/// As the actor of a projection does it.
void node_projection::handle(const event_page& page) {
  for (std::size_t i = 0;;) {
    const bool is_wanted = i == page.events.size() && around_.dice.one_in(4);
    if (core_.is_save_due(now(), is_wanted))
      save();
    if (i == page.events.size())
      return;
    const recorded_event& event = page.events[i];
    const auto step = core_.next(event.position, now());
    if (step == projection_core::step::wait)
      return;
    if (step == projection_core::step::handle) {
      const auto done = model_.apply(event);
      invariant(done.has_value(), "the projection cannot handle an event");
      if (fails()) {
        core_.failed(event.position, {errc::invalid_data, "the event cannot be handled"});
        return go_back();
      }
      core_.handled(event.position, now(), model_.changed_bytes());
    }
    ++i;
  }
}

bool node_projection::fails() {
  return !is_calm_ && around_.dice.one_in(100);
}

/// It is on the disk some time before the projection hears of it.
void node_projection::save() {
  core_.begin_save();
  auto made = model_.save(core_.record());
  invariant(made.has_value(), "the projection's state cannot be written");
  around_.plan(around_.dice.between(100, 5 * millisecond), [this, made = std::move(*made)] {
    const auto outcome = write(made);
    around_.plan(around_.dice.between(10, 1 * millisecond), [this, outcome] { on_saved(outcome); });
  });
}

result<void> node_projection::write(projection_save what) {
  if (around_.disk.quality.is_full || fails())
    return fail(errc::io, "the disk is full");
  if (around_.is_apart)
    what.record.at = saved_at_;
  const auto done = models_->save({&what, 1});
  invariant(done.has_value(), "the projection cannot be saved");
  saved_at_ = what.record.at;
  around_.saved(what);
  return {};
}

void node_projection::on_saved(const result<void>& outcome) {
  if (!outcome) {
    core_.save_failed(outcome.error(), now());
    go_back();
  } else {
    core_.saved();
    if (!core_.has_unsaved()) // else what is saved may be of the generation before
      invariant(models_->clean(projection_name, core_.record().generation, 16).has_value(),
        "rows of older generations cannot be dropped");
  }
  look();
}

void node_projection::go_back() {
  invariant(model_.load(core_.record().generation), "a state that was saved cannot be read");
}

/// An operator does not know what it does at the moment; what is refused changes nothing.
void node_projection::control(projection_control what) {
  if (core_.control(what, now()) && what == projection_control::rebuild)
    model_.begin_anew(core_.record().generation);
  look();
}

void node_projection::be_calm() {
  is_calm_ = true;
  if (core_.stands_still(now()))
    control(projection_control::resume);
}

void node_projection::plan_operator() {
  around_.plan(around_.dice.between(200, 2'000) * millisecond, [this] {
    constexpr projection_control all[] = {projection_control::pause, projection_control::resume,
      projection_control::resume, projection_control::rebuild};
    if (is_calm_)
      return;
    control(all[around_.dice.below(std::size(all))]);
    plan_operator();
  });
}

} // namespace aiex::test
