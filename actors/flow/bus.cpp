#include "aiex/actors/flow/bus.hpp"

#include "aiex/supervision/process/state_view.hpp"

#include <fmt/format.h>

namespace aiex {

namespace {

using bus_actor = caf::stateful_actor<bus_state>;
using namespace std::chrono_literals;

constexpr std::chrono::milliseconds read_timeout = 10s;
constexpr std::chrono::milliseconds read_again_after = 100ms;

/// The bus's word to itself: a read has failed, try again.
struct read_again {};

} // namespace
} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::read_again)

namespace aiex {

namespace {

bus_statistics statistics_of(const bus_state& state) {
  bus_statistics counted = state.memory->counted;
  counted.live = state.memory->table.live();
  counted.head = state.head;
  counted.subscriptions = state.memory->table.size();
  return counted;
}

/// What every handler needs: the actor, its store and its memory.
class bus_handlers {
public:
  bus_handlers(bus_actor* self, store events, std::shared_ptr<bus_memory> memory)
      : self_(self), events_(std::move(events)), memory_(std::move(memory)) {}

  /// A new incarnation: the reads of the last one are lost, its receivers are not.
  void resume() const {
    memory_->table.forget_reads();
    for (const auto& [key, receiver] : memory_->receivers)
      self_->monitor(receiver);
    self_->set_down_handler([*this](const caf::down_msg& down) { forget(down.source.id()); });
    self_->send(events_.writer(), follow_log{caf::actor_cast<caf::actor>(self_)});
    catch_up(); // nothing new may come for long
  }

  subscribed subscribe(const subscribe_call& call) const {
    const subscriber_key key = call.receiver.id();
    const auto id = memory_->table.add(key, call.filter, call.from, call.window);
    if (!id)
      return {fail(errc::overloaded, "there are too many subscriptions: end some first"), {}};
    if (memory_->receivers.emplace(key, call.receiver).second)
      self_->monitor(call.receiver);
    catch_up();
    return {*id, memory_->table.live()};
  }

  void credit(const event_credit& granted) const {
    memory_->table.grant(granted.id, granted.count);
    if (memory_->table.is_behind(granted.id))
      catch_up(); // looks at it, and at nobody who has not granted anything either
  }

  /// Reads what is new, a page at a time, and hands it out.
  void follow() const {
    bus_state& state = self_->state;
    if (state.is_reading || memory_->table.live() >= state.head)
      return;
    state.is_reading = true;
    query next;
    next.after = memory_->table.live();
    next.up_to = state.head;
    next.system = true;
    const position up_to = state.head;
    events_.read(self_, std::move(next), read_timeout, [*this, up_to](result<shared_page> page) {
      self_->state.is_reading = false;
      if (!page)
        return failed(page.error());
      hand_out(*page, up_to);
      follow();
    });
  }

private:
  void forget(subscriber_key key) const {
    memory_->table.remove_subscriber(key);
    memory_->receivers.erase(key);
  }

  void hand_out(const shared_page& page, position asked_up_to) const {
    memory_->counted.last_failure.clear();
    ++memory_->counted.batches;
    const position up_to = page->rest ? page->rest->after : asked_up_to;
    const shared_events events{page, &page->events};
    send(memory_->table.on_live(events, up_to));
    catch_up();
  }

  void catch_up() const {
    auto wanted = memory_->table.catch_up();
    send(wanted.deliveries);
    for (catch_up_read& each : wanted.reads)
      events_.read(self_, std::move(each.asked), read_timeout,
        [*this, who = each.who](result<shared_page> page) {
          if (!page) {
            memory_->table.on_failed_read(who);
            return failed(page.error());
          }
          send(memory_->table.on_page(who, shared_events{*page, &(*page)->events}, (*page)->rest));
          catch_up();
        });
  }

  void failed(const error& why) const {
    ++memory_->counted.read_failures;
    memory_->counted.last_failure = why.message;
    self_->delayed_send(self_, read_again_after, read_again{});
  }

  void send(const std::vector<delivery>& deliveries) const {
    for (const delivery& each : deliveries) {
      const auto receiver = memory_->receivers.find(each.to);
      if (receiver == memory_->receivers.end())
        continue;
      ++memory_->counted.deliveries;
      memory_->counted.delivered += each.selected->size();
      self_->send(receiver->second, event_delivery{each.events, each.selected, each.subscriptions});
    }
  }

public:
  void again() const {
    follow();
    catch_up();
  }

private:
  bus_actor* self_;
  store events_;
  std::shared_ptr<bus_memory> memory_;
};

} // namespace

std::string state_text(const bus_state& state) {
  const bus_statistics now = statistics_of(state);
  return fmt::format(R"({{"position":{},"head":{},"subscriptions":{},"batches":{},"deliveries":{},)"
                     R"("delivered":{},"read_failures":{},"last_failure":{}}})",
    now.live.value, now.head.value, now.subscriptions, now.batches, now.deliveries, now.delivered,
    now.read_failures, quoted(now.last_failure));
}

caf::behavior bus(bus_actor* self, store events, std::shared_ptr<bus_memory> memory) {
  self->state.memory = memory;
  const bus_handlers its{self, std::move(events), memory};
  its.resume();
  return {
    [its](const subscribe_call& call) { return its.subscribe(call); },
    [memory](const unsubscribe_call& call) { return memory->table.remove(call.id); },
    [its](const event_credit& granted) { its.credit(granted); },
    [self, its](const applied& now) {
      self->state.head = std::max(self->state.head, now.head);
      its.follow();
    },
    [its](read_again) { its.again(); },
    [self](bus_statistics_call) { return statistics_of(self->state); },
    [memory](const list_subscriptions_call& call) {
      return memory->table.all(call.after, std::min(call.most, subscriptions_listed_max));
    },
  };
}

} // namespace aiex
