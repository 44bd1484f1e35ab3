#include "aiex/actors/runtime/request_deadlines.hpp"

#include <caf/actor_cast.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/sec.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <mutex>
#include <optional>
#include <unordered_map>
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

class deadline_book {
public:
  using time_point = std::chrono::steady_clock::time_point;

  struct waiting {
    caf::actor_addr who; // weak: a deadline keeps nobody alive
    caf::message_id answer;
    time_point due;
  };

  std::uint64_t open(waiting request) {
    std::uint64_t entry = 0;
    const time_point due = request.due;
    bool is_first = false;
    {
      const std::lock_guard guard{lock_};
      entry = ++last_;
      open_.emplace(entry, std::move(request));
      is_first = !next_look_ || due < *next_look_;
      if (is_first)
        next_look_ = due;
    }
    if (is_first)
      caf::anon_send(timer, look_at{due});
    return entry;
  }

  void strike_out(std::uint64_t entry) {
    const std::lock_guard guard{lock_};
    open_.erase(entry);
  }

  std::size_t size() const {
    const std::lock_guard guard{lock_};
    return open_.size();
  }

  /// Tells those whose time is over; when to look again, if there is anybody left. Does nothing if
  /// an earlier look than the one that was due at `due` was asked for since.
  std::optional<time_point> look(time_point due, time_point now) {
    std::vector<waiting> late;
    std::optional<time_point> next;
    {
      const std::lock_guard guard{lock_};
      if (next_look_ != due)
        return std::nullopt;
      for (auto each = open_.begin(); each != open_.end();) {
        if (each->second.due <= now) {
          late.push_back(std::move(each->second));
          each = open_.erase(each);
          continue;
        }
        next = std::min(next.value_or(each->second.due), each->second.due);
        ++each;
      }
      next_look_ = next;
    }
    for (const waiting& each : late)
      if (const auto who = caf::actor_cast<caf::strong_actor_ptr>(each.who))
        who->enqueue(nullptr, each.answer,
          caf::make_message(caf::make_error(caf::sec::request_timeout)), nullptr);
    return next;
  }

  caf::actor timer; // set before the first request; ends with the book

  ~deadline_book() { caf::anon_send_exit(timer, caf::exit_reason::kill); }
  deadline_book() = default;
  deadline_book(const deadline_book&) = delete;
  deadline_book& operator=(const deadline_book&) = delete;

private:
  mutable std::mutex lock_; // guards all below
  std::unordered_map<std::uint64_t, waiting> open_;
  std::uint64_t last_ = 0;
  std::optional<time_point> next_look_;
};

namespace {

caf::behavior timer_of(caf::event_based_actor* self, std::weak_ptr<deadline_book> book) {
  const auto arm = [self](deadline_book::time_point due) {
    const auto left = due - self->clock().now();
    self->delayed_send(self,
      std::max(std::chrono::ceil<std::chrono::milliseconds>(left), std::chrono::milliseconds{0}),
      look_now{due});
  };
  return {
    [arm](look_at when) { arm(when.due); },
    [arm, self, book](look_now when) {
      if (const auto open = book.lock())
        if (const auto next = open->look(when.due, self->clock().now()))
          arm(*next);
    },
  };
}

} // namespace

request_deadlines::request_deadlines(caf::actor_system& system)
    : book_(std::make_shared<deadline_book>()) {
  book_->timer = system.spawn<caf::hidden>(timer_of, std::weak_ptr{book_});
}

std::uint64_t request_deadlines::open(
  caf::actor_addr who, caf::message_id answer, time_point due) const {
  return book_->open({std::move(who), answer, due});
}

void request_deadlines::strike_out(deadline_book& book, std::uint64_t entry) {
  book.strike_out(entry);
}

std::size_t request_deadlines::open_requests() const {
  return book_ ? book_->size() : 0;
}

} // namespace aiex
