// The store as actors see it: one writer that commits what arrives together, two readers that keep
// slow reads away from everybody else, and `store`, the value through which both are used.
#pragma once

#include "aiex/actors/flow/inline_readers.hpp"
#include "aiex/actors/flow/member_messages.hpp"
#include "aiex/actors/flow/store_messages.hpp"
#include "aiex/actors/flow/store_writer.hpp"
#include "aiex/persistence/store/event_store.hpp"
#include "aiex/supervision/call/call.hpp"
#include "aiex/supervision/process/process.hpp"

#include <caf/actor.hpp>
#include <caf/behavior.hpp>
#include <caf/event_based_actor.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace aiex {

/// A reader. Runs detached: it waits for the disk, one page at a time.
///
///   read_call -> page_answer
caf::behavior store_reader(caf::event_based_actor* self, std::shared_ptr<const event_store> events);

/// How long the answer of an append waits for inline projections at most.
inline constexpr std::chrono::milliseconds inline_wait_max{2'000};

/// The store, passed to whom needs it and never global. Copies refer to the same one. Any thread.
class store {
public:
  store(caf::actor writer, std::vector<caf::actor> readers,
    std::shared_ptr<const event_store> events, std::shared_ptr<append_gate> gate,
    std::shared_ptr<read_gate> reads = std::make_shared<read_gate>());

  /// Appends; calls `then(result<append_result>)` in `self`. Errors: those of
  /// `event_store::append`, overloaded (at once, nothing was written), unknown_outcome (no answer
  /// in time, or the store ended: repeat it with the same ids), stale_epoch (`self` was killed
  /// before the store decided; nobody is left to hear it).
  ///
  /// The answer waits until the inline projections that listen to these events have counted and
  /// saved them. It does not wait for one that is paused, has stopped, waits to try again or is
  /// being started again, and for none longer than `inline_wait_max`. It is the same answer then:
  /// the events are in the log, and such a projection counts them later.
  template <class Self, class Then>
  void append(
    Self* self, append_request request, std::chrono::milliseconds timeout, Then then) const {
    auto permit = append_gate::enter(parts_->gate, request);
    if (!permit)
      return then(result<append_result>{fail(errc::overloaded, overloaded_message())});
    auto shared = std::make_shared<const append_request>(std::move(request));
    parts_->calling.template call<append_answer>(self, parts_->writer, timeout,
      append_call{shared, std::move(permit), life_of(*self)},
      [its = *this, self, shared, then = std::move(then)](
        tl::expected<append_answer, call_error> answer) mutable {
        if (answer)
          its.when_counted(self, *shared, std::move(answer->outcome), std::move(then));
        else
          then(
            result<append_result>{fail(errc::unknown_outcome, no_answer_message(answer.error()))});
      });
  }

  /// Reads a page; calls `then(result<shared_page>)` in `self`. Errors: corrupt, io, time_out,
  /// overloaded (at once: too many reads wait).
  template <class Self, class Then>
  void read(Self* self, query asked, std::chrono::milliseconds timeout, Then then,
    page_limits most = {}) const {
    read_ticket ticket{parts_->reads->enter(), self->clock().now() + timeout};
    if (!ticket.permit)
      return then(result<shared_page>{fail(errc::overloaded, too_many_reads_message())});
    parts_->calling.template call<page_answer>(self, next_reader(), timeout,
      read_call{std::move(asked), most, std::move(ticket)},
      [then = std::move(then)](tl::expected<page_answer, call_error> answer) mutable {
        then(answer ? std::move(answer->page)
                    : result<shared_page>{fail(errc::time_out, no_answer_message(answer.error()))});
      });
  }

  /// Direct reads, for whoever may wait for the disk.
  const event_store& events() const noexcept { return *parts_->events; }
  const caf::actor& writer() const noexcept { return parts_->writer; }
  /// Those of all who use the store, for whatever else they ask of each other.
  const aiex::calls& calls() const noexcept { return parts_->calling; }
  const append_gate& gate() const noexcept { return *parts_->gate; }
  const read_gate& reads() const noexcept { return *parts_->reads; }
  const inline_readers& waits_for() const noexcept { return parts_->waits_for; }

private:
  template <class Self, class Then>
  void when_counted(
    Self* self, const append_request& request, result<append_result> outcome, Then then) const {
    position last;
    if (outcome)
      for (const appended_part& part : outcome->parts)
        last = std::max(last, part.last_position);
    const auto readers =
      last == position{} ? std::vector<caf::actor>{} : parts_->waits_for.of(request);
    if (readers.empty())
      return then(std::move(outcome));
    struct waiting {
      std::size_t missing;
      result<append_result> outcome;
      Then then;
    };
    auto all =
      std::make_shared<waiting>(waiting{readers.size(), std::move(outcome), std::move(then)});
    const auto counted = [all] {
      if (--all->missing == 0)
        all->then(std::move(all->outcome));
    };
    for (const caf::actor& each : readers)
      parts_->calling.template call<inline_counted>(self, each, inline_wait_max,
        inline_count_call{last},
        [counted](const tl::expected<inline_counted, call_error>&) { counted(); });
  }

  std::string overloaded_message() const;
  std::string too_many_reads_message() const;
  static std::string no_answer_message(const call_error& why);
  const caf::actor& next_reader() const;

  struct parts {
    caf::actor writer;
    std::vector<caf::actor> readers;
    std::shared_ptr<const event_store> events;
    std::shared_ptr<append_gate> gate;
    std::shared_ptr<read_gate> reads;
    inline_readers waits_for;
    aiex::calls calling; // made with the writer
    std::atomic<std::size_t> turn{0};
  };
  std::shared_ptr<parts> parts_;
};

} // namespace aiex
