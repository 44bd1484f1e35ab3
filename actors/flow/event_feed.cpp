#include "aiex/actors/flow/internal/event_feed.hpp"

#include <caf/actor_cast.hpp>
#include <caf/sec.hpp>

#include <chrono>
#include <utility>

namespace aiex {

namespace {

constexpr std::chrono::seconds bus_timeout{10};
constexpr std::chrono::milliseconds bus_again_after{100};

} // namespace

void event_feed::join() {
  if (bus_)
    return;
  const auto found = names_.find("bus");
  if (!found) {
    self_->delayed_send(self_, bus_again_after, feed_join{});
    return;
  }
  bus_ = *found;
  self_->monitor(bus_);
  begin_again(); // also if the bus still knows it: credit on its way to the old one is lost
}

void event_feed::on_down(const caf::actor_addr& whose) {
  if (!bus_ || bus_.address() != whose)
    return;
  bus_ = nullptr;
  join();
}

/// Never two at once: of two subscriptions the bus sends an event for the earlier one only.
void event_feed::begin_again() {
  waiting_.clear();
  next_ = 0;
  if (is_subscribing_ || !bus_) {
    is_stale_ = is_subscribing_;
    return;
  }
  if (subscription_ != 0)
    self_->send(bus_, unsubscribe_call{std::exchange(subscription_, 0)});
  is_subscribing_ = true;
  is_stale_ = false;
  // CAF's own request: it monitors the bus, and asks the next one.
  self_
    ->request(bus_, bus_timeout,
      subscribe_call{caf::actor_cast<caf::actor>(self_), filter_, behind_(), window_})
    .then([this](const subscribed& answer) { on_subscribed(answer); },
      [this](const caf::error& why) {
        is_subscribing_ = false;
        if (why != caf::sec::request_receiver_down)
          return self_->quit(why); // it may yet subscribe: the bus forgets who has ended
        bus_ = nullptr;
        self_->delayed_send(self_, bus_again_after, feed_join{});
      });
}

void event_feed::on_subscribed(const subscribed& answer) {
  is_subscribing_ = false;
  if (!answer.outcome)
    return self_->quit(caf::make_error(caf::sec::runtime_error, answer.outcome.error().message));
  subscription_ = *answer.outcome;
  began_ = answer.live;
  if (is_stale_)
    return begin_again();
  std::erase_if(waiting_,
    [this](const event_delivery& early) { return early.subscription(0) != subscription_; });
  on_news_();
}

void event_feed::receive(const event_delivery& delivery) {
  const bool is_early = is_subscribing_ && !is_stale_;
  if (delivery.size() == 0 || (!is_early && delivery.subscription(0) != subscription_))
    return;
  waiting_.push_back(delivery);
  if (!is_early)
    on_news_();
}

const recorded_event* event_feed::front() const {
  return waiting_.empty() || is_subscribing_ ? nullptr : &waiting_.front().event(next_);
}

void event_feed::advance() {
  const event_delivery& first = waiting_.front();
  if (++next_ < first.size())
    return;
  if (bus_)
    self_->send(bus_, event_credit{subscription_, static_cast<std::uint32_t>(first.size())});
  waiting_.pop_front();
  next_ = 0;
}

} // namespace aiex
