// The bus: hands what the log has applied to those who subscribed, in log order, each event once to
// each of them. It only follows the log: what it never sent, because it crashed or a subscriber was
// slow, is in the log and is sent from there.
#pragma once

#include "aiex/actors/flow/bus_messages.hpp"
#include "aiex/actors/flow/store.hpp"

#include <caf/behavior.hpp>
#include <caf/stateful_actor.hpp>

#include <map>
#include <memory>
#include <string>

namespace aiex {

/// What outlives a crash of the bus: who has subscribed, and how far each has come. Made by whoever
/// starts the bus, handed to one incarnation after another, touched by the living one only.
struct bus_memory {
  explicit bus_memory(position live) : table(live) {}

  subscription_table table;
  std::map<subscriber_key, caf::actor> receivers;
  bus_statistics counted;
};

struct bus_state {
  static inline const char* name = "bus";
  position head;
  bool is_reading = false;
  std::shared_ptr<const bus_memory> memory;
};

/// Where it is, and what it has handed out.
std::string state_text(const bus_state& state);

/// The bus actor.
///
///   subscribe_call -> subscribed
///   unsubscribe_call -> bool
///   event_credit
///   applied                          from the store's writer
///   bus_statistics_call -> bus_statistics
///   list_subscriptions_call -> std::vector<subscription_info>
caf::behavior bus(
  caf::stateful_actor<bus_state>* self, store events, std::shared_ptr<bus_memory> memory);

} // namespace aiex
