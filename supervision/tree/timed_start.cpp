#include "aiex/supervision/tree/internal/timed_start.hpp"

#include "aiex/supervision/process/exit_reasons.hpp"
#include "aiex/supervision/process/process_table.hpp"
#include "aiex/supervision/tree/internal/child_life.hpp"
#include "aiex/supervision/tree/spawns.hpp"

#include <caf/actor_system.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <utility>

namespace aiex {

namespace {

/// To the starter: begin.
struct begin_start {};

} // namespace
} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::begin_start)

namespace aiex {

namespace {

/// What `start` throws, or what keeps it from being begun, is a failure as others are.
template <class Start>
start_outcome caught(const Start& start) {
  try {
    return start();
  } catch (...) {
    return reason_of(std::current_exception());
  }
}

/// Where the starter leaves what came of it, until nobody waits for that any more. Thread: any.
class start_slot {
public:
  /// False: it comes too late.
  bool offer(start_outcome outcome) {
    const std::lock_guard guard{lock_};
    if (is_closed_)
      return false;
    outcome_ = std::move(outcome);
    changed_.notify_one();
    return true;
  }

  void close() {
    const std::lock_guard guard{lock_};
    is_closed_ = true;
    changed_.notify_one();
  }

  /// Nothing: it was closed, or is so now.
  std::optional<start_outcome> wait(std::chrono::milliseconds most) {
    std::unique_lock guard{lock_};
    changed_.wait_for(guard, most, [&] { return is_closed_ || outcome_; });
    is_closed_ = true;
    return std::exchange(outcome_, std::nullopt);
  }

private:
  std::mutex lock_; // guards all below
  std::condition_variable changed_;
  bool is_closed_ = false;
  std::optional<start_outcome> outcome_;
};

void kill(const start_outcome& made) {
  if (const caf::actor its = actor_of(made))
    caf::anon_send_exit(its, caf::exit_reason::kill);
}

/// Starts what it was made for, and ends.
caf::behavior starter(
  caf::event_based_actor* self, start_function start, std::shared_ptr<start_slot> slot) {
  return {[self, start = std::move(start), slot = std::move(slot)](begin_start) {
    if (start_outcome made = caught([&] { return start(*self); }); !slot->offer(made))
      kill(made);
    self->quit();
  }};
}

/// Of which child it is, for who looks on.
struct child_entry {
  const supervision_context& under;
  const child_spec& child;
  std::uint64_t restarts;

  void enter(const caf::actor& made, std::chrono::milliseconds handler_limit) const {
    if (under.processes && made)
      under.processes->enter(made, under.path + '/' + child.id, handler_limit, restarts);
  }
};

start_outcome start_within(const child_entry& entry, std::chrono::milliseconds most,
  caf::event_based_actor& supervisor, living_children& living) {
  const auto slot = std::make_shared<start_slot>();
  const auto made =
    spawn_eager<caf::detached>(supervisor.system(), starter, entry.child.start, slot);
  const caf::actor its = std::get<started>(made).actor;
  its->attach_functor([slot](const caf::error&) { slot->close(); });
  entry.enter(its, most);
  living.emplace(its.id(), its); // ends with the supervisor
  caf::anon_send(its, begin_start{});
  auto outcome = slot->wait(most);
  living.erase(its.id());
  if (outcome)
    return std::move(*outcome);
  caf::anon_send_exit(its, caf::exit_reason::kill);
  return start_timeout_reason(most);
}

caf::error failure(const char* what) {
  return caf::make_error(caf::sec::runtime_error, std::string{what});
}

/// What the types allow and no supervisor can go on with is a failure as others are.
start_outcome sound(start_outcome made, const living_children& living) {
  if (const auto* well = std::get_if<started>(&made)) {
    if (!well->actor)
      return failure("its start function made no actor: it has to answer one, or `ignored`");
    if (living.contains(well->actor.id()))
      return failure(
        "its start function gave the actor of another child: each start has to make its own");
  } else if (const auto* ends = std::get_if<failing>(&made); ends != nullptr && !ends->actor) {
    return ends->reason ? ends->reason
                        : failure("its start function made no actor, and says no reason for that");
  } else if (const auto* by = std::get_if<taken>(&made); by != nullptr && !by->actor) {
    return failure("its name is taken, by nobody who is known: let the start say by whom");
  } else if (const auto* why = std::get_if<caf::error>(&made); why != nullptr && !*why) {
    return failure("its start function failed for no reason: let it say one");
  }
  return made;
}

} // namespace

start_outcome outcome_of(const supervision_context& under, const child_spec& child,
  std::uint64_t restarts, caf::event_based_actor& supervisor, living_children& living) {
  const child_entry entry{under, child, restarts};
  start_outcome outcome = sound(caught([&] {
    return child.start_timeout ? start_within(entry, *child.start_timeout, supervisor, living)
                               : child.start(supervisor);
  }),
    living);
  entry.enter(actor_of(outcome), child.handlers_within());
  return outcome;
}

} // namespace aiex
