// What goes between the bus and those who listen. It never leaves the process.
#pragma once

#include "aiex/actors/flow/subscription_table.hpp"
#include "aiex/persistence/base/error.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>

#include <optional>
#include <string>

namespace aiex {

/// Answered with `subscribed`. The receiver is sent `event_delivery`, and answers each with
/// `event_credit` when it has handled it. A receiver that ends is forgotten with all it subscribed.
/// A bus that is started again knows it still, but not what was granted to the bus before: so who
/// grants monitors the bus, and subscribes anew behind what it has handled.
struct subscribe_call {
  caf::actor receiver;
  query filter;                 ///< What matches; its bounds, limit and order are not looked at.
  std::optional<position> from; ///< Begin behind it; nothing: with what comes from now on.
  std::uint32_t window = subscription_table::window_default;
};
struct subscribed {
  result<subscription_id> outcome; ///< Errors: overloaded (too many subscriptions).
  position live;                   ///< Where the bus is.
};

/// Answered with whether there was such a subscription.
struct unsubscribe_call {
  subscription_id id = 0;
};

/// Events to a receiver, in log order: `(*events)[(*selected)[i]]` for the subscription
/// `subscriptions[i]`, or `subscriptions[0]` if that is the only one.
struct event_delivery {
  shared_events events;
  std::shared_ptr<const std::vector<std::uint32_t>> selected;
  std::vector<subscription_id> subscriptions;

  std::size_t size() const noexcept { return selected->size(); }
  const recorded_event& event(std::size_t i) const { return (*events)[(*selected)[i]]; }
  subscription_id subscription(std::size_t i) const {
    return subscriptions[subscriptions.size() == 1 ? 0 : i];
  }
};

/// So many events of the subscription were handled; as many more may come. Best granted a delivery
/// at a time; what waits in the log comes when half of the window is free.
struct event_credit {
  subscription_id id = 0;
  std::uint32_t count = 0;
};

/// Answered with `bus_statistics`.
struct bus_statistics_call {};
struct bus_statistics {
  position live; ///< Everything up to here was handed out.
  position head; ///< Where the log is, as far as the bus has heard.
  std::size_t subscriptions = 0;
  std::uint64_t batches = 0;    ///< Read from the log for those who are live.
  std::uint64_t deliveries = 0; ///< Messages sent to receivers.
  std::uint64_t delivered = 0;  ///< Events in them.
  std::uint64_t read_failures = 0;
  std::string last_failure;

  /// Nothing is behind and nothing has failed since the last success.
  bool is_healthy() const { return last_failure.empty() && live == head; }
};

/// Answered with `std::vector<subscription_info>`, by their ids.
struct list_subscriptions_call {
  subscription_id after = 0; ///< Only those after it.
  std::size_t most = 1'000;  ///< Up to `subscriptions_listed_max`.
};
inline constexpr std::size_t subscriptions_listed_max = 1'000;

} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::subscribe_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::subscribed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::unsubscribe_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::event_delivery)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::event_credit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::bus_statistics_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::bus_statistics)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::list_subscriptions_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::vector<aiex::subscription_info>)
