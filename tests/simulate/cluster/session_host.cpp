#include "simulate/cluster/session_host.hpp"

#include "aiex/actors/cluster/session_type.hpp"
#include "aiex/persistence/base/passing.hpp"

#include "simulate/cluster/planted_faults.hpp"
#include "support/sample_events.hpp"

#include <fmt/format.h>

#include <utility>

namespace aiex::test {

namespace {

constexpr virtual_us patience = 1'500 * millisecond;
constexpr virtual_us longest_pause = 200 * millisecond;
constexpr std::uint64_t sessions = 3;
constexpr std::uint64_t snapshot_every = 4;

std::string session_stream(const std::string& id) {
  return fmt::format("{}-{}", session_category, id);
}

result<shared_page> shared(result<event_page> page) {
  return std::move(page).map([](event_page&& read) {
    return shared_page{std::make_shared<const event_page>(std::move(read))};
  });
}

encoded stored(result<encoded> made) {
  invariant(made.has_value(), "a wish that cannot be written");
  return std::move(*made);
}

} // namespace

session_host::session_host(std::uint64_t number, session_surroundings around)
    : number_(number), name_(fmt::format("host{}", number)), around_(std::move(around)) {}

void session_host::plan_next() {
  around_.time.in(around_.dice.between(1, longest_pause), [this] { act(); });
}

void session_host::act() {
  if (is_finishing_ && !again_)
    return;
  if (!is_finishing_ && !lost_.empty() && around_.dice.one_in(3))
    return claim(std::exchange(lost_, {}));
  if (!is_finishing_ && around_.dice.one_in(20))
    return claim(fmt::format("{}", around_.dice.below(sessions)));
  call_ = again_ ? *std::exchange(again_, std::nullopt) : some_call();
  began_ = around_.begins(*call_);
  advance(core_of(call_->id).begin(*call_));
}

dispatch_call session_host::some_call() {
  if (!around_.done.empty() && around_.dice.one_in(6))
    return around_.done[around_.dice.below(around_.done.size())];
  const bool creates = !missing_.empty() && around_.dice.one_in(2);
  encoded wish =
    creates ? stored(encode(create_session{"ann", "/project", {}, {}, {}})) : some_wish();
  dispatch_call call;
  call.id = creates ? std::exchange(missing_, {}) : fmt::format("{}", around_.dice.below(sessions));
  call.command = std::move(wish.type);
  call.data = std::move(wish.data);
  call.command_id = id_of(number_ << 32 | ++made_);
  return call;
}

encoded session_host::some_wish() {
  switch (around_.dice.below(24)) {
  case 0: return stored(encode(close_session{}));
  case 1: return stored(encode(archive_session{}));
  default: return stored(encode(record_in_session{"noted", fmt::format("{}", made_)}));
  }
}

aggregate_core& session_host::core_of(const std::string& id) {
  const auto known = cores_.find(id);
  if (known != cores_.end())
    return known->second;
  aggregate_core& made =
    cores_.try_emplace(id, around_.type, id, aggregate_settings{name_, {}, snapshot_every})
      .first->second;
  if (const auto taken = snapshots_.find(id); taken != snapshots_.end())
    made.restore(taken->second);
  return made;
}

void session_host::advance(aggregate_core::step step) {
  if (const auto* read = std::get_if<aggregate_core::read>(&step)) {
    const std::uint64_t ticket = waits_for_ = ++tickets_;
    around_.read(read->asked, [this, ticket](result<event_page> page) {
      if (hears(ticket))
        advance(core_of(call_->id).on_page(shared(std::move(page))));
    });
    return give_up_later(
      ticket, [this] { advance(core_of(call_->id).on_page(fail(errc::time_out, "no answer"))); });
  }
  if (auto* write = std::get_if<aggregate_core::write>(&step)) {
    const std::uint64_t ticket = waits_for_ = ++tickets_;
    const auto after = std::chrono::microseconds{write->after};
    around_.time.in(
      static_cast<virtual_us>(after.count()), [this, ticket, request = std::move(write->request)] {
        if (hears(ticket))
          append(request);
      });
    return;
  }
  finish(std::get<result<dispatched>>(step));
}

void session_host::append(append_request request) {
  const bool confirms = request.parts.front().events.empty();
  if (around_.planted == planted_fault::owner_without_epoch)
    request.owner.reset();
  if (around_.planted == planted_fault::answers_unconfirmed && confirms) {
    append_result as_it_knows;
    as_it_knows.parts.push_back({0, core_of(call_->id).version(), {}, {}});
    return advance(core_of(call_->id).on_appended(as_it_knows));
  }
  send(std::move(request), [this](const result<append_result>& outcome) {
    advance(core_of(call_->id).on_appended(outcome));
  });
  if (!is_finishing_ && around_.dice.one_in(40))
    restart();
}

void session_host::send(append_request request, std::function<void(result<append_result>)> then) {
  const std::uint64_t ticket = waits_for_ = ++tickets_;
  const op_number number = around_.seen.call(number_, around_.time.now(), request);
  around_.append(request, [this, ticket, number, request, then](client_answer answer) {
    if (!hears(ticket))
      return;
    around_.seen.answer(number, around_.time.now(), answer);
    const auto& outcome = std::get<result<append_result>>(answer);
    if (outcome)
      around_.appended(number_, request, *outcome);
    then(outcome);
  });
  give_up_later(ticket, [then] { then(fail(errc::unknown_outcome, "no answer")); });
}

bool session_host::hears(std::uint64_t ticket) {
  if (waits_for_ != ticket)
    return false;
  waits_for_ = 0;
  return true;
}

void session_host::give_up_later(std::uint64_t ticket, std::function<void()> what) {
  around_.time.in(patience, [this, ticket, what = std::move(what)] {
    if (hears(ticket))
      what();
  });
}

/// In the middle of a command; it is repeated by whoever comes after it.
void session_host::restart() {
  waits_for_ = 0;
  again_ = std::exchange(call_, std::nullopt);
  cores_.clear();
  plan_next();
}

void session_host::finish(const result<dispatched>& outcome) {
  const dispatch_call call = *std::exchange(call_, std::nullopt);
  around_.answered(call, began_, outcome);
  if (auto taken = core_of(call.id).take_snapshot())
    snapshots_.insert_or_assign(call.id, std::move(*taken));
  if (outcome) {
    if (!outcome->repeated)
      around_.done.push_back(call);
  } else if (outcome.error().code == errc::stale_epoch) {
    epochs_[call.id] = outcome.error().actual;
    lost_ = call.id;
  } else if (outcome.error().code == errc::refused) {
    missing_ = outcome.error().message == "session_not_found" ? call.id : "";
  } else if (is_passing(outcome.error().code)) {
    if (is_finishing_ || !around_.dice.one_in(5)) // else nobody ever learns what became of it
      again_ = call;
  }
  plan_next();
}

void session_host::claim(const std::string& id) {
  const encoded claimed = stored(encode(owner_claimed{name_}));
  append_request request;
  request.node = name_;
  request.system = true;
  append_part& part = request.parts.emplace_back();
  part.stream = owner_stream(session_stream(id));
  part.expected = expected_version::exactly(epochs_[id]);
  event& made = part.events.emplace_back();
  made.id = id_of(number_ << 32 | ++made_);
  made.type = claimed.type;
  made.schema = claimed.schema;
  made.data = claimed.data;
  send(std::move(request),
    [this, id](const result<append_result>& outcome) { learn_claim(id, outcome); });
}

void session_host::learn_claim(const std::string& id, const result<append_result>& outcome) {
  if (outcome) {
    epochs_[id] = outcome->parts.front().version;
    cores_.erase(id); // it is begun anew by its new owner
  } else if (outcome.error().code == errc::wrong_expected_version) {
    epochs_[id] = outcome.error().actual;
  }
  plan_next();
}

std::map<std::string, result<aggregate_view>> session_host::views(const reader& read) {
  std::map<std::string, result<aggregate_view>> all;
  for (auto& [id, core] : cores_) {
    auto step = core.begin(aggregate_state_call{id, {}, false});
    while (const auto* asked = std::get_if<aggregate_core::read>(&step))
      step = core.on_page(shared(read(asked->asked)));
    all.emplace(id, std::get<result<aggregate_view>>(std::move(step)));
  }
  return all;
}

} // namespace aiex::test
