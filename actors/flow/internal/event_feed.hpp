#pragma once

#include "aiex/actors/flow/bus_messages.hpp"
#include "aiex/supervision/process/registry.hpp"

#include <caf/actor_addr.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/event_based_actor.hpp>

#include <deque>
#include <functional>
#include <optional>

namespace aiex {

/// Its actor's word to itself: look for the bus again.
struct feed_join {};

/// What a projection or a handler hears from the bus, one event after the other, through any end of
/// the bus: a bus that has ended, or was restarted, is left behind with all that was on its way,
/// and the next one is asked for everything behind `behind()`. So the credit that an old bus took
/// with it is missed by nobody.
///
/// Its actor hands it `event_delivery`, `feed_join` and the ends of others, and ignores the answer
/// to `unsubscribe_call`.
class event_feed {
public:
  /// Where it begins; nothing: with what comes from now on.
  using begin = std::function<std::optional<position>()>;

  /// `on_news`: called when there may be something to look at.
  event_feed(caf::event_based_actor* self, registry names, query filter, begin behind,
    std::function<void()> on_news, std::uint32_t window = subscription_table::window_default)
      : self_(self), names_(std::move(names)), filter_(std::move(filter)),
        behind_(std::move(behind)), on_news_(std::move(on_news)), window_(window) {}

  /// Finds the bus and subscribes; tries again if there is none.
  void join();
  void on_down(const caf::actor_addr& whose);

  /// Everything behind `behind()` comes again.
  void begin_again();

  /// Deliveries may come before the answer that says for which subscription they are.
  void receive(const event_delivery& delivery);

  /// The next event; nothing if none is here.
  const recorded_event* front() const;
  void advance();

  /// Where the bus was when it took the subscription; nothing: it never did.
  const std::optional<position>& began() const noexcept { return began_; }
  const query& filter() const noexcept { return filter_; }

private:
  void on_subscribed(const subscribed& answer);

  caf::event_based_actor* self_;
  registry names_;
  query filter_;
  begin behind_;
  std::function<void()> on_news_;
  std::uint32_t window_;
  caf::actor bus_;
  subscription_id subscription_ = 0; ///< 0: none yet.
  std::optional<position> began_;
  bool is_subscribing_ = false;
  bool is_stale_ = false;              ///< What is being subscribed is not wanted any more.
  std::deque<event_delivery> waiting_; ///< As much as the subscription's window at most,
  std::size_t next_ = 0;               ///< from this event of the first on.
};

} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::feed_join)
