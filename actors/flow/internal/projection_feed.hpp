#pragma once

#include "aiex/actors/flow/bus_messages.hpp"
#include "aiex/supervision/registry.hpp"

#include <caf/actor_addr.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/event_based_actor.hpp>

#include <deque>
#include <functional>

namespace aiex {

/// A projection's word to itself: look for the bus again.
struct projection_join {};

/// What a projection hears from the bus, one event after the other, through any end of the bus.
class projection_feed {
public:
  /// `behind`: where it begins; `on_news`: called when there may be something to look at.
  projection_feed(caf::event_based_actor* self, registry names, query filter,
    std::function<position()> behind, std::function<void()> on_news)
      : self_(self), names_(std::move(names)), filter_(std::move(filter)),
        behind_(std::move(behind)), on_news_(std::move(on_news)) {}

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

  const query& filter() const noexcept { return filter_; }

private:
  void on_subscribed(const subscribed& answer);

  caf::event_based_actor* self_;
  registry names_;
  query filter_;
  std::function<position()> behind_;
  std::function<void()> on_news_;
  caf::actor bus_;
  subscription_id subscription_ = 0; ///< 0: none yet.
  bool is_subscribing_ = false;
  bool is_stale_ = false;              ///< What is being subscribed is not wanted any more.
  std::deque<event_delivery> waiting_; ///< As much as the subscription's window at most,
  std::size_t next_ = 0;               ///< from this event of the first on.
};

} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::projection_join)
