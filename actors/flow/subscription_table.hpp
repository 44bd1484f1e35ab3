// Who hears of which event, decided without an actor: the bus asks, and sends what it is told.
//
// A subscription has a cursor: everything up to it was delivered or did not match. Those whose
// cursor is where the bus itself is in the log are live and are handed the same shared batches. A
// subscription that began in the past, or that has no credit left, is behind: it is read to from
// the log, at its own pace, and joins the live ones when its cursor meets theirs. Nothing is
// dropped and nobody's mailbox grows: at most `window` events of a subscription are on their way.
//
// Who is behind is served once half of its window is free: so what it grants one by one does not
// make it read the log one by one. Those who can be served stand in a line; nobody else is looked
// at, so that a grant costs the same however many are behind.
//
// An event goes to a subscriber once, however many of its subscriptions match: to the earliest one
// that covers it. Covering is a pure predicate (the filter matches, and the position is behind the
// one where the subscription began), so it is the same whoever is behind or ahead.
#pragma once

#include "aiex/persistence/log/event_batch.hpp"
#include "aiex/persistence/state/query.hpp"

#include <cstdint>
#include <deque>
#include <limits>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace aiex {

using subscription_id = std::uint64_t;
using subscriber_key = std::uint64_t; ///< Names a receiver; chosen by the caller.

/// Events of one batch for one subscriber, in log order.
struct delivery {
  subscriber_key to = 0;
  shared_events events;
  std::shared_ptr<const std::vector<std::uint32_t>> selected; ///< Indexes into `events`.
  /// For which subscription: one for all of them, or one for each.
  std::vector<subscription_id> subscriptions;
};

/// A subscription that is behind wants this page; answer it with `on_page`.
struct catch_up_read {
  subscription_id who = 0;
  query asked;
};

struct subscription_info {
  subscription_id id = 0;
  subscriber_key subscriber = 0;
  query filter;
  position from;
  position cursor;
  std::uint32_t credit = 0;
  std::uint64_t delivered = 0;
};

/// Thread: one at a time.
class subscription_table {
public:
  struct limits {
    std::size_t subscriptions = 100'000;
    std::size_t reads = 64;          ///< Under way at once; others wait for their turn.
    std::size_t recent_batches = 64; ///< Kept, so that who is nearly there need not read the log.
    std::size_t recent_bytes = 16 << 20;
  };
  static constexpr std::uint32_t window_default = 1'024;
  static constexpr std::uint32_t window_max = 65'536;

  /// `live`: where the bus is in the log.
  explicit subscription_table(position live, limits most) : live_(live), most_(most) {}
  explicit subscription_table(position live) : subscription_table(live, limits{}) {}
  subscription_table(subscription_table&&) = default;
  subscription_table& operator=(subscription_table&&) = default;

  /// `filter` says what matches; its bounds and its limit are not looked at. From behind `from` on,
  /// or from now on. `window`: 1..window_max events on their way. Nothing if the table is full.
  std::optional<subscription_id> add(subscriber_key subscriber, query filter,
    std::optional<position> from, std::uint32_t window = window_default);

  bool is_behind(subscription_id id) const { return behind_.contains(id); }
  bool remove(subscription_id id);
  void remove_subscriber(subscriber_key subscriber);

  /// The subscriber has handled `count` events: as many more may be on their way. Sooner or later
  /// it grants all that it was sent.
  void grant(subscription_id id, std::uint32_t count);

  /// The events behind `live()` up to `up_to`, all of them, in order.
  std::vector<delivery> on_live(const shared_events& events, position up_to);

  /// Reads to be made now: one at a time for each subscription that is behind and has half of its
  /// window free. What can be had from the recent batches is delivered at once instead.
  struct wanted {
    std::vector<catch_up_read> reads;
    std::vector<delivery> deliveries;
  };
  wanted catch_up();

  /// A page asked for by `catch_up`. `rest`: what the page left.
  std::vector<delivery> on_page(
    subscription_id id, const shared_events& events, const std::optional<query>& rest);
  /// The read failed: it is wanted again.
  void on_failed_read(subscription_id id);
  /// The reads under way are lost (the one who made them was restarted): they are wanted again.
  void forget_reads();

  position live() const noexcept { return live_; }
  std::size_t size() const noexcept { return subscriptions_.size(); }
  std::optional<subscription_info> find(subscription_id id) const;
  /// Up to `most`, those after `after`, by their ids.
  std::vector<subscription_info> all(
    subscription_id after = 0, std::size_t most = std::numeric_limits<std::size_t>::max()) const;

private:
  using line = std::list<subscription_id>;
  enum class waits_for : std::uint8_t { nothing, service, read };
  struct subscription {
    subscriber_key subscriber = 0;
    query filter;
    position from;
    position cursor;
    std::uint32_t window = 0;
    std::uint32_t credit = 0;
    std::uint64_t delivered = 0;
    struct read {
      position up_to;
      std::uint32_t limit = 0; ///< The credit there was when it began.
    };
    std::optional<read> reading; ///< Under way.
    waits_for stands = waits_for::nothing;
    line::iterator at{}; ///< Its place in that line.
  };
  using selection = std::vector<std::uint32_t>;
  using filter_cache = std::vector<std::pair<const query*, std::shared_ptr<const selection>>>;
  struct recent_batch {
    position after;
    position up_to;
    shared_events events;
  };

  bool is_covered_before(subscription_id id, const recorded_event& event) const;
  std::shared_ptr<const selection> select(
    const query& filter, const event_batch& events, filter_cache& cache) const;
  std::optional<delivery> deliver(subscription_id id, subscription& to, const shared_events& events,
    std::shared_ptr<const selection> matching, position up_to);
  void merge(std::vector<delivery>& into, delivery next) const;
  void keep(const shared_events& events, position after, position up_to);
  void end_read(subscription& of);
  void line_up(subscription_id id, subscription& one);
  void leave_line(subscription& one);
  void forget(subscription_id id);
  bool deliver_recent(subscription_id id, subscription& to, std::vector<delivery>& into);

  position live_;
  limits most_;
  subscription_id last_id_ = 0;
  std::map<subscription_id, subscription> subscriptions_;
  std::map<subscriber_key, std::vector<subscription_id>> by_subscriber_; // ids ascend
  std::set<subscription_id> behind_; // whose cursor is not `live_`
  line to_serve_;                    // behind, with credit: looked at by the next `catch_up`
  line to_read_;                     // looked at: no recent batch has it, and its turn comes
  std::size_t reads_ = 0;
  std::deque<recent_batch> recent_;
};

} // namespace aiex
