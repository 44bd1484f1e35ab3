#include "aiex/actors/flow/projection.hpp"

#include "aiex/actors/flow/internal/event_feed.hpp"
#include "aiex/actors/flow/internal/projection_waiters.hpp"
#include "aiex/actors/flow/models_writer.hpp"
#include "aiex/actors/flow/owed_answer.hpp"
#include "aiex/actors/flow/projection_model.hpp"
#include "aiex/actors/flow/projection_replay.hpp"
#include "aiex/supervision/call/call.hpp"
#include "aiex/supervision/process/state_view.hpp"

#include <caf/actor_addr.hpp>
#include <caf/sec.hpp>
#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace aiex {
namespace {

constexpr std::chrono::minutes save_timeout{10}; // longer than any disk should take

/// A projection's word to itself: something may be due.
struct projection_tick {};

/// Who waits hears of it if the projection ends first.
template <class Promise>
std::shared_ptr<owed_answer<Promise>> owed_to(const Promise& promise) {
  return std::make_shared<owed_answer<Promise>>(promise);
}

} // namespace
} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::projection_tick)

namespace aiex {

class projection_run {
public:
  using actor = caf::stateful_actor<projection_state>;
  using time = projection_core::time;

  projection_run(actor* self, projection_type type, node_services services)
      : self_(self), type_(std::move(type)), services_(std::move(services)), name_(type_.name),
        core_(begin()), model_(type_, services_.models),
        feed_(
          self, services_.names, filter_of(type_), [this] { return core_.record().at; },
          [this] { work(); }),
        waiters_(name_) {
    if (model_.load(core_.record().generation))
      return;
    core_.begin_anew(); // its form is the same, and yet it cannot be read
    model_.begin_anew(core_.record().generation);
  }

  event_feed& feed() { return feed_; }
  const projection_type& type() const { return type_; }
  void work();
  projection_info info() const;
  projection_control_answer control(projection_control what);
  caf::typed_response_promise<projection_wait_answer> wait(position until);
  caf::typed_response_promise<inline_counted> wait_inline(position until);
  void tick() {
    armed_.reset();
    work();
  }
  void on_down(const caf::actor_addr& whose) { feed_.on_down(whose); }
  void listen_inline() const {
    if (type_.options.is_inline)
      services_.events.waits_for().add(caf::actor_cast<caf::actor>(self_), feed_.filter());
  }

private:
  time now() const { return self_->system().clock().now(); }
  position head() const {
    const auto found = services_.events.events().head();
    invariant(found.has_value(), "the head of the log cannot be read");
    return found->position;
  }
  query rest() const {
    query asked = feed_.filter();
    asked.after = core_.record().at;
    return asked;
  }
  projection_core begin() const;
  /// Of what has come, as much as may be handled now.
  void handle_events();
  void save();
  void on_saved(const result<void>& outcome);
  void go_back();
  /// Nothing that it counts lies between its position and here.
  position counted_up_to() const;
  void answer_waiters();
  void arm();

  actor* self_;
  projection_type type_;
  node_services services_;
  std::string name_;
  projection_core core_;
  projection_model model_;
  event_feed feed_;
  projection_waiters waiters_;
  std::uint64_t cleaned_generation_ = 0;
  std::optional<time> armed_;
};

projection_core projection_run::begin() const {
  const auto saved = services_.models->load(name_);
  if (!saved)
    throw std::runtime_error{"projection " + name_ + " cannot begin: " + saved.error().message};
  return {type_.options, type_.state.fingerprint, *saved, head()};
}

void projection_run::work() {
  handle_events();
  answer_waiters();
  arm();
}

void projection_run::handle_events() {
  for (;;) {
    if (core_.is_save_due(now(), feed_.front() == nullptr && !waiters_.empty()))
      save();
    const recorded_event* event = feed_.front(); // a save that fails at once takes it away
    if (event == nullptr)
      return;
    const auto step = core_.next(event->position, now());
    if (step == projection_core::step::wait) {
      if (core_.is_save_due(now()))
        continue;
      return;
    }
    if (step == projection_core::step::handle) {
      if (const auto done = model_.apply(*event); !done) {
        core_.failed(event->position, done.error());
        return go_back();
      }
      core_.handled(event->position, now(), model_.changed_bytes());
    }
    feed_.advance();
  }
}

void projection_run::save() {
  core_.begin_save();
  auto made = model_.save(core_.record());
  const auto writer = services_.names.find("models");
  if (!made)
    return on_saved(tl::unexpected(std::move(made.error())));
  if (!writer)
    return on_saved(fail(errc::overloaded, "the writer of read models is not there yet"));
  services_.events.calls().call<aiex::saved>(self_, *writer, save_timeout,
    save_projection_call{std::make_shared<const projection_save>(std::move(*made))},
    [this](const tl::expected<aiex::saved, call_error>& done) {
      if (!done) // it may have been saved, and only a new beginning finds out
        return self_->quit(caf::make_error(
          caf::sec::runtime_error, "the writer of read models: " + text(done.error())));
      on_saved(done->outcome);
      work();
    });
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
  const bool is_readable = model_.load(core_.record().generation);
  invariant(is_readable, "a state that has been saved cannot be read");
  feed_.begin_again();
}

projection_info projection_run::info() const {
  const projection_record& record = core_.record();
  projection_info made;
  made.name = name_;
  made.status = record.status;
  made.position = record.at;
  made.head = head();
  query waiting = rest();
  waiting.limit = lag_events_max + 1;
  const std::uint64_t counted = services_.events.events().count(waiting).value_or(0);
  made.lag_events = std::min(counted, lag_events_max);
  made.lag_is_more = counted > lag_events_max;
  if (made.lag_events > 0) {
    waiting.limit = 1;
    if (const auto page = services_.events.events().read(waiting); page && !page->events.empty())
      made.lag_seconds =
        std::chrono::duration<double>(services_.clock() - page->events[0].recorded_at).count();
  }
  made.state_json = model_.state_json();
  made.generation = record.generation;
  made.skipped = record.skipped;
  made.errors = record.errors;
  made.last_error = record.last_error;
  return made;
}

projection_control_answer projection_run::control(projection_control what) {
  auto outcome = core_.control(what, now());
  if (outcome && what == projection_control::rebuild) {
    model_.begin_anew(core_.record().generation);
    feed_.begin_again();
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
  waiters_.add(until, head(), now() + projection_wait_max, true,
    [owed = owed_to(promise)](
      result<void> outcome) { owed->deliver(projection_wait_answer{std::move(outcome)}); });
  work();
  return promise;
}

/// Whether it has counted or cannot, the append's answer is the same.
caf::typed_response_promise<inline_counted> projection_run::wait_inline(position until) {
  auto promise = self_->make_response_promise<inline_counted>();
  waiters_.add(until, head(), now() + inline_wait_max, false,
    [owed = owed_to(promise)](const result<void>&) { owed->deliver(inline_counted{}); });
  work();
  return promise;
}

void projection_run::answer_waiters() {
  if (waiters_.empty())
    return;
  const bool is_saved = !core_.has_unsaved() && !core_.is_saving();
  waiters_.answer(
    is_saved ? std::optional{counted_up_to()} : std::nullopt, core_.stands_still(now()), now());
}

void projection_run::arm() {
  auto due = core_.due(now());
  if (const auto give_up = waiters_.due())
    due = std::min(due.value_or(time::max()), *give_up);
  if (!due || (armed_ && *armed_ <= *due))
    return;
  armed_ = due;
  const auto pause = std::max(
    std::chrono::ceil<std::chrono::milliseconds>(*due - now()), std::chrono::milliseconds{1});
  self_->delayed_send(self_, pause, projection_tick{});
}

std::string_view text_of(projection_status status) noexcept {
  switch (status) {
  case projection_status::running: return "running";
  case projection_status::paused: return "paused";
  case projection_status::stopped: return "stopped";
  }
  return "unknown";
}

std::string state_text(const projection_state& state) {
  const projection_info now = state.run->info();
  return fmt::format(R"({{"name":{},"status":"{}","position":{},"head":{},"lag_events":{},)"
                     R"("lag_is_more":{},"lag_seconds":{:.3f},"errors":{},"last_error":{}}})",
    quoted(now.name), text_of(now.status), now.position.value, now.head.value, now.lag_events,
    now.lag_is_more, now.lag_seconds, now.errors, quoted(now.last_error));
}

caf::behavior projection_actor(
  projection_run::actor* self, projection_type type, node_services services) {
  self->state.run = std::make_shared<projection_run>(self, std::move(type), std::move(services));
  projection_run* run = self->state.run.get();
  self->set_down_handler([run](const caf::down_msg& down) { run->on_down(down.source); });
  run->feed().join();
  run->work();
  run->listen_inline();
  return {
    [run](const event_delivery& delivery) { run->feed().receive(delivery); },
    [](bool) {}, // the bus's answer to unsubscribe_call
    [run](projection_tick) { run->tick(); },
    [run](feed_join) { run->feed().join(); },
    [run](projection_info_call) { return run->info(); },
    [run](projection_type_call) { return projection_type_answer{run->type()}; },
    [run](const projection_control_call& call) { return run->control(call.what); },
    [run](const projection_wait_call& call) { return run->wait(call.position); },
    [run](const inline_count_call& call) { return run->wait_inline(call.until); },
  };
}

} // namespace aiex
