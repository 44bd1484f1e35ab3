#include "aiex/actors/flow/projection.hpp"

#include "aiex/actors/flow/bus_messages.hpp"
#include "aiex/actors/flow/models_writer.hpp"

#include <deque>
#include <exception>
#include <utility>

namespace aiex {
namespace {

constexpr std::chrono::seconds bus_timeout{10};
constexpr std::chrono::milliseconds bus_again_after{100};
constexpr std::chrono::minutes save_timeout{10}; // longer than any disk should take
/// A projection's words to itself.
struct projection_tick {}; ///< Something may be due.
struct projection_join {}; ///< Look for the bus again.

} // namespace
} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::projection_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::projection_join)

namespace aiex {

class projection_run {
public:
  using actor = caf::stateful_actor<projection_state>;
  using time = projection_core::time;

  projection_run(actor* self, projection_type type, node_services services)
      : self_(self), type_(std::move(type)), services_(std::move(services)), name_(type_.name),
        core_(begin()), state_(type_.state.fresh()),
        rows_([this](std::string_view key) { return saved_row(key); }) {
    if (!load_state())
      core_.begin_anew(); // its form is the same, and yet it cannot be read
    if (!type_.from.empty())
      filter_.categories.emplace_back(type_.from);
    for (const event_row& row : type_.events)
      if (!row.type.empty())
        filter_.types.emplace_back(row.type);
  }

  void work();
  void join();
  void receive(const event_delivery& delivery);
  projection_info info() const;
  projection_control_answer control(projection_control what);
  caf::typed_response_promise<projection_wait_answer> wait(position until);
  void tick() {
    armed_.reset();
    work();
  }
  void bus_is_down() {
    bus_ = nullptr;
    join();
  }

private:
  struct waiter {
    position until;
    time give_up;
    caf::typed_response_promise<projection_wait_answer> promise;
  };

  time now() const { return self_->system().clock().now(); }
  position head() const {
    const auto found = services_.events.events().head();
    invariant(found.has_value(), "the head of the log cannot be read");
    return found->position;
  }
  query rest() const {
    query asked = filter_;
    asked.after = core_.record().at;
    return asked;
  }
  projection_core begin() const;
  bool load_state();
  result<std::optional<std::string>> saved_row(std::string_view key) const;
  result<void> apply(const recorded_event& event);
  void save();
  void on_saved(const result<void>& outcome);
  void go_back();
  void subscribe();
  void advance();
  /// Nothing that it counts lies between its position and here.
  position counted_up_to() const;
  void answer_waiters();
  void arm();

  actor* self_;
  projection_type type_;
  node_services services_;
  std::string name_;
  projection_core core_;
  any_state state_;
  row_table rows_;
  json_reader reader_;
  query filter_;
  std::uint64_t cleaned_generation_ = 0;
  caf::actor bus_;
  subscription_id subscription_ = 0; ///< 0: none yet.
  bool is_subscribing_ = false;
  bool is_stale_ = false;              ///< What is being subscribed is not wanted any more.
  std::deque<event_delivery> waiting_; ///< As much as the subscription's window at most,
  std::size_t next_ = 0;               ///< from this event of the first on.
  std::vector<waiter> waiters_;
  std::optional<time> armed_;
};

projection_core projection_run::begin() const {
  const auto saved = services_.models->load(name_);
  if (!saved)
    throw std::runtime_error{"projection " + name_ + " cannot begin: " + saved.error().message};
  return {type_.options, type_.state.fingerprint, *saved, head()};
}

/// The state as it was saved, or a fresh one. False: what was saved cannot be read.
bool projection_run::load_state() {
  state_ = type_.state.fresh();
  rows_.drop_changes();
  const auto saved = services_.models->load(name_);
  invariant(saved.has_value(), "a read model that could be read cannot be read any more");
  if (!*saved || (*saved)->generation != core_.record().generation || type_.state.load == nullptr)
    return true;
  if (type_.state.load(state_.get(), (*saved)->state, reader_))
    return true;
  state_ = type_.state.fresh();
  return false;
}

result<std::optional<std::string>> projection_run::saved_row(std::string_view key) const {
  auto found = services_.models->row(name_, core_.record().generation, key);
  if (found)
    return std::optional{std::move(*found)};
  if (found.error().code == errc::not_found)
    return std::optional<std::string>{};
  return tl::unexpected(std::move(found.error()));
}

/// What the user's function throws is a failure of the event, not of the node.
result<void> projection_run::apply(const recorded_event& event) {
  event_context context{event, reader_, &rows_};
  try {
    return apply_event(type_.events, state_.get(), context).map([](applied_event) {});
  } catch (const broken_invariant&) {
    throw;
  } catch (const std::exception& thrown) {
    return fail(errc::invalid_data, "projection " + name_ + " threw at position " +
                                      std::to_string(event.position.value) + ": " + thrown.what());
  }
}

void projection_run::work() {
  for (;;) {
    if (core_.is_save_due(now(), waiting_.empty() && !waiters_.empty()))
      save();
    if (waiting_.empty() || is_subscribing_)
      break;
    const recorded_event& event = waiting_.front().event(next_);
    const auto step = core_.next(event.position, now());
    if (step == projection_core::step::wait) {
      if (core_.is_save_due(now()))
        continue;
      break;
    }
    if (step == projection_core::step::handle) {
      if (const auto done = apply(event); !done) {
        core_.failed(event.position, done.error());
        go_back();
        break;
      }
      core_.handled(event.position, now(), rows_.changed_bytes());
    }
    advance();
  }
  answer_waiters();
  arm();
}

void projection_run::advance() {
  const event_delivery& first = waiting_.front();
  if (++next_ < first.size())
    return;
  if (bus_)
    self_->send(bus_, event_credit{subscription_, static_cast<std::uint32_t>(first.size())});
  waiting_.pop_front();
  next_ = 0;
}

void projection_run::save() {
  core_.begin_save();
  auto state = type_.state.save ? type_.state.save(state_.get()) : result<std::string>{};
  const auto writer = services_.names.find("models");
  if (!state)
    return on_saved(tl::unexpected(std::move(state.error())));
  if (!writer)
    return on_saved(fail(errc::overloaded, "the writer of read models is not there yet"));
  auto made = std::make_shared<projection_save>();
  made->name = name_;
  made->record = core_.record();
  made->record.state = std::move(*state);
  made->rows = rows_.take_changes();
  self_->request(*writer, save_timeout, save_projection_call{std::move(made)})
    .then(
      [this](const aiex::saved& done) {
        on_saved(done.outcome);
        work();
      },
      [this](const caf::error& why) { self_->quit(why); });
}

void projection_run::on_saved(const result<void>& outcome) {
  if (!outcome) {
    core_.save_failed(outcome.error(), now());
    return go_back();
  }
  core_.saved();
  const std::uint64_t generation = core_.record().generation;
  if (generation > 1 && !core_.has_unsaved() &&
      std::exchange(cleaned_generation_, generation) != generation)
    self_->send(services_.models_writer(), clean_projection{name_, generation});
}

/// To what is saved; the events since then come again.
void projection_run::go_back() {
  const bool is_readable = load_state();
  invariant(is_readable, "a state that has been saved cannot be read");
  subscribe();
}

void projection_run::join() {
  if (bus_)
    return;
  const auto found = services_.names.find("bus");
  if (!found) {
    self_->delayed_send(self_, bus_again_after, projection_join{});
    return;
  }
  bus_ = *found;
  self_->monitor(bus_);
  subscribe(); // also if the bus still knows it: credit on its way to the old one is lost
}

/// Never two at once: of two subscriptions the bus sends an event for the earlier one only.
void projection_run::subscribe() {
  waiting_.clear();
  next_ = 0;
  if (is_subscribing_ || !bus_) {
    is_stale_ = is_subscribing_;
    return;
  }
  if (subscription_ != 0)
    self_->send(bus_, unsubscribe_call{std::exchange(subscription_, 0)});
  is_subscribing_ = true;
  is_stale_ = false;
  self_
    ->request(bus_, bus_timeout,
      subscribe_call{caf::actor_cast<caf::actor>(self_), filter_, core_.record().at,
        subscription_table::window_default})
    .then(
      [this](const subscribed& answer) {
        is_subscribing_ = false;
        if (!answer.outcome)
          return self_->quit(
            caf::make_error(caf::sec::runtime_error, answer.outcome.error().message));
        subscription_ = *answer.outcome;
        if (is_stale_)
          return subscribe();
        std::erase_if(waiting_,
          [this](const event_delivery& early) { return early.subscription(0) != subscription_; });
        work();
      },
      [this](const caf::error& why) {
        is_subscribing_ = false;
        if (why != caf::sec::request_receiver_down)
          return self_->quit(why); // it may yet subscribe: the bus forgets who has ended
        bus_ = nullptr;
        self_->delayed_send(self_, bus_again_after, projection_join{});
      });
}

/// Deliveries may come before the answer that says for which subscription they are.
void projection_run::receive(const event_delivery& delivery) {
  const bool is_early = is_subscribing_ && !is_stale_;
  if (delivery.size() == 0 || (!is_early && delivery.subscription(0) != subscription_))
    return;
  waiting_.push_back(delivery);
  if (!is_early)
    work();
}

projection_info projection_run::info() const {
  const projection_record& record = core_.record();
  projection_info made;
  made.name = name_;
  made.status = record.status;
  made.position = record.at;
  made.head = head();
  query waiting = rest();
  waiting.limit = lag_events_max;
  made.lag_events = services_.events.events().count(waiting).value_or(0);
  if (made.lag_events > 0) {
    waiting.limit = 1;
    if (const auto page = services_.events.events().read(waiting); page && !page->events.empty())
      made.lag_seconds =
        std::chrono::duration<double>(services_.clock() - page->events[0].recorded_at).count();
  }
  if (type_.state.save != nullptr)
    made.state_json = type_.state.save(state_.get()).value_or("");
  made.generation = record.generation;
  made.skipped = record.skipped;
  made.errors = record.errors;
  made.last_error = record.last_error;
  return made;
}

projection_control_answer projection_run::control(projection_control what) {
  auto outcome = core_.control(what, now());
  if (outcome && what == projection_control::rebuild) {
    state_ = type_.state.fresh();
    rows_.drop_changes();
    subscribe();
  }
  work();
  return {std::move(outcome)};
}

position projection_run::counted_up_to() const {
  const position before = head();
  query next = rest();
  next.limit = 1;
  const auto page = services_.events.events().read(next);
  if (page && page->events.empty())
    return page->rest ? page->rest->after : std::max(before, core_.record().at);
  return page ? position{page->events[0].position.value - 1} : core_.record().at;
}

caf::typed_response_promise<projection_wait_answer> projection_run::wait(position until) {
  auto promise = self_->make_response_promise<projection_wait_answer>();
  if (until > head())
    promise.deliver(projection_wait_answer{fail(errc::invalid_history,
      "position " + std::to_string(until.value) + " is beyond the head of the log")});
  else if (waiters_.size() >= projection_waiters_max)
    promise.deliver(projection_wait_answer{
      fail(errc::overloaded, "too many wait for projection " + name_ + ": ask again later")});
  else
    waiters_.push_back({until, now() + projection_wait_max, promise});
  work();
  return promise;
}

void projection_run::answer_waiters() {
  const bool is_saved = !waiters_.empty() && !core_.has_unsaved() && !core_.is_saving();
  const position reached = is_saved ? counted_up_to() : position{};
  std::erase_if(waiters_, [&, at = now()](waiter& each) {
    const bool is_done = is_saved && each.until <= reached;
    const bool is_late = at >= each.give_up;
    if (is_done)
      each.promise.deliver(projection_wait_answer{});
    else if (is_late)
      each.promise.deliver(projection_wait_answer{
        fail(errc::time_out, "projection " + name_ + " has not come so far in time")});
    return is_done || is_late;
  });
}

void projection_run::arm() {
  auto due = core_.due(now());
  if (!waiters_.empty())
    due = std::min(due.value_or(time::max()), waiters_.front().give_up); // the first waits longest
  if (!due || (armed_ && *armed_ <= *due))
    return;
  armed_ = due;
  const auto pause = std::max(
    std::chrono::ceil<std::chrono::milliseconds>(*due - now()), std::chrono::milliseconds{1});
  self_->delayed_send(self_, pause, projection_tick{});
}

caf::behavior projection_actor(
  projection_run::actor* self, projection_type type, node_services services) {
  self->state.run = std::make_shared<projection_run>(self, std::move(type), std::move(services));
  projection_run* run = self->state.run.get();
  self->set_down_handler([run](const caf::down_msg&) { run->bus_is_down(); });
  run->join();
  run->work();
  return {
    [run](const event_delivery& delivery) { run->receive(delivery); },
    [](bool) {}, // the bus's answer to unsubscribe_call
    [run](projection_tick) { run->tick(); },
    [run](projection_join) { run->join(); },
    [run](projection_info_call) { return run->info(); },
    [run](const projection_control_call& call) { return run->control(call.what); },
    [run](const projection_wait_call& call) { return run->wait(call.position); },
  };
}

} // namespace aiex
