#include "aiex/supervision/call/call.hpp"

#include "aiex/supervision/call/call_book.hpp"
#include "aiex/supervision/process/exit_kind.hpp"
#include "aiex/supervision/process/links.hpp"
#include "aiex/supervision/process/process.hpp"
#include "aiex/supervision/workers/short_lock.hpp"

#include <caf/actor_cast.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/attachable.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/sec.hpp>
#include <caf/send.hpp>
#include <caf/system_messages.hpp>

#include <algorithm>
#include <mutex>
#include <vector>

namespace aiex {

namespace {

/// To the actor that has the timer: look again at this time.
struct look_at {
  std::chrono::steady_clock::time_point due;
};
/// Its timer's word: that was the time.
struct look_now {
  std::chrono::steady_clock::time_point due;
};

} // namespace
} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::look_at)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::look_now)

namespace aiex {

namespace {

/// A call error on its way to who called.
const auto call_category = caf::atom("aiex_call");

caf::error packed(call_errc code, const caf::error& reason = {}) {
  return {static_cast<std::uint8_t>(code), call_category, caf::make_message(reason)};
}

call_error unpacked(const caf::error& sent) {
  return {static_cast<call_errc>(sent.code()), sent.context().get_as<caf::error>(0)};
}

call_errc code_of_end(const caf::error& reason) {
  return reason == caf::exit_reason::remote_link_unreachable ? call_errc::node_down
                                                             : call_errc::ended;
}

void tell(const call_waiting& waiting, const caf::error& why) {
  if (const auto who = caf::actor_cast<caf::strong_actor_ptr>(waiting.who))
    who->enqueue(nullptr, waiting.answer, caf::make_message(why), nullptr);
}

call_book::target key_of(const caf::actor& whom) {
  return reinterpret_cast<call_book::target>(caf::actor_cast<caf::abstract_actor*>(whom));
}

} // namespace

/// The book, its lock, its timer, and those whom it answers.
class call_desk : public std::enable_shared_from_this<call_desk> {
public:
  using time_point = call_book::time_point;

  explicit call_desk(std::size_t calls_max) : book_(calls_max) {}
  call_desk(const call_desk&) = delete;
  call_desk& operator=(const call_desk&) = delete;
  ~call_desk() { caf::anon_send_exit(timer, caf::exit_reason::kill); }

  std::optional<std::uint64_t> open(const caf::actor& to, call_waiting from, time_point due) {
    std::optional<call_book::opened> opened;
    {
      const auto guard = short_lock(lock_);
      opened = book_.open(key_of(to), std::move(from), due);
    }
    if (!opened)
      return std::nullopt;
    if (opened->is_due_first)
      caf::anon_send(timer, look_at{due});
    if (opened->is_new_target) // outside the lock: it is told at once if it has ended meanwhile
      to->attach(std::make_unique<end_watch>(weak_from_this(), key_of(to)));
    return opened->id;
  }

  void strike_out(call_book::call_id entry) {
    const auto guard = short_lock(lock_);
    book_.strike_out(entry);
  }

  std::size_t size() const {
    const auto guard = short_lock(lock_);
    return book_.size();
  }

  /// Tells those whose time is over; when to look again, if there is anybody left.
  std::optional<time_point> look(time_point due, time_point now) {
    call_book::late late;
    {
      const auto guard = short_lock(lock_);
      late = book_.due(due, now);
    }
    for (const call_waiting& each : late.calls)
      tell(each, packed(call_errc::time_out));
    return late.again;
  }

  caf::actor timer; // set before the first call; ends with the desk

private:
  /// Tells of the end of an actor. That of a remote one who is needed no more comes without a word:
  /// its number is another's then, so it is to be forgotten.
  class end_watch : public caf::attachable {
  public:
    end_watch(std::weak_ptr<call_desk> desk, call_book::target watched)
        : desk_(std::move(desk)), watched_(watched) {}
    ~end_watch() override { actor_exited(caf::exit_reason::unreachable, nullptr); }

    void actor_exited(const caf::error& why, caf::execution_unit*) override {
      if (const auto open = std::exchange(desk_, {}).lock())
        open->target_ended(watched_, why);
    }

  private:
    std::weak_ptr<call_desk> desk_;
    call_book::target watched_;
  };

  void target_ended(call_book::target ended, const caf::error& why) {
    std::vector<call_waiting> waiting;
    {
      const auto guard = short_lock(lock_);
      waiting = book_.target_ended(ended);
    }
    for (const call_waiting& each : waiting) // behind what it has answered itself
      tell(each, packed(code_of_end(why), why));
  }

  mutable std::mutex lock_; // guards the book
  call_book book_;
};

namespace {

caf::behavior timer_of(caf::event_based_actor* self, std::weak_ptr<call_desk> desk) {
  const auto arm = [self](call_desk::time_point due) {
    const auto left = due - self->clock().now();
    self->delayed_send(self,
      std::max(std::chrono::ceil<std::chrono::milliseconds>(left), std::chrono::milliseconds{0}),
      look_now{due});
  };
  return {
    [arm](look_at when) { arm(when.due); },
    [arm, self, desk](look_now when) {
      if (const auto open = desk.lock())
        if (const auto next = open->look(when.due, self->clock().now()))
          arm(*next);
    },
  };
}

/// Also of one that is no process of ours.
bool is_ending(const caf::actor& whom) {
  return caf::actor_cast<caf::abstract_actor*>(whom)->getf(
    caf::abstract_actor::is_shutting_down_flag | caf::abstract_actor::is_terminated_flag);
}

bool is_remote(const caf::actor& whom) {
  return whom.node() != whom.home_system().node();
}

/// Why there is no call at all.
std::optional<caf::error> reason_not_to_call(const caf::actor_addr& who, const caf::actor& to) {
  if (to && to.address() == who)
    return packed(call_errc::calling_self);
  if (!to)
    return packed(call_errc::no_process);
  if (const auto end = end_of(to)) {
    const auto code = code_of_end(*end);
    return packed(code == call_errc::ended ? call_errc::no_process : code, *end);
  }
  return std::nullopt;
}

} // namespace

std::string text(const call_error& why) {
  switch (why.code) {
  case call_errc::time_out: return "no answer came in time; what was asked may still be done";
  case call_errc::no_process:
    return "nobody was there to be called" +
           (why.reason ? " (" + exit_text(why.reason) + ")" : std::string{}) +
           "; ask for its name again";
  case call_errc::ended:
    return "it ended before it answered (" + exit_text(why.reason) +
           "); it may be back in a moment, call again";
  case call_errc::node_down: return "its node cannot be reached; call again when it is back";
  case call_errc::calling_self:
    return "an actor called itself and would wait for ever; call the function instead";
  case call_errc::overloaded: return "too many calls are open; call again when some are answered";
  case call_errc::refused: return "it answered with an error (" + exit_text(why.reason) + ")";
  }
  return "unknown";
}

calls::calls(caf::actor_system& system, std::size_t calls_max)
    : book_(std::make_shared<call_desk>(calls_max)) {
  book_->timer = system.spawn<caf::hidden>(timer_of, std::weak_ptr{book_});
}

std::optional<std::uint64_t> calls::open(
  caf::actor_addr who, caf::message_id answer, const caf::actor& to, time_point due) const {
  std::optional<caf::error> refused = reason_not_to_call(who, to);
  if (!refused) {
    if (const auto entry = book_->open(to, {who, answer}, due))
      return entry;
    refused = packed(call_errc::overloaded);
  }
  tell({std::move(who), answer}, *refused);
  return std::nullopt;
}

void calls::strike_out(call_desk& desk, std::uint64_t entry) {
  desk.strike_out(entry);
}

void calls::tell_to_end(
  const caf::actor_addr& who, const caf::actor& whom, const caf::error& reason) {
  send_stop(whom, who, reason);
}

std::optional<call_error> calls::call_error_of(const caf::error& why, const caf::actor_addr& to) {
  if (why && why.category() == call_category)
    return unpacked(why);
  const auto called = caf::actor_cast<caf::actor>(to);
  if (!called) // its end was told before it was gone
    return why == caf::sec::request_receiver_down
             ? std::nullopt
             : std::optional{call_error{call_errc::refused, why}};
  const auto end = end_of(called);
  if (why == caf::sec::request_receiver_down) {
    if (end)
      return call_error{code_of_end(*end), *end};
    if (is_ending(called) || is_remote(called)) // its reason comes behind this, by the same way
      return std::nullopt;
    return call_error{call_errc::ended, why}; // of somebody to whom it had passed the call on
  }
  // What a handler throws is sent to who asked, then it is the end.
  return call_error{end && *end == why ? call_errc::ended : call_errc::refused, why};
}

std::size_t calls::open_calls() const {
  return book_ ? book_->size() : 0;
}

} // namespace aiex
