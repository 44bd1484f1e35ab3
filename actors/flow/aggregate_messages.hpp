// What goes between an aggregate, its router and those who call it. It never leaves the process.
#pragma once

#include "aiex/actors/flow/aggregate_calls.hpp"
#include "aiex/persistence/base/error.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>

#include <string>

namespace aiex {

struct dispatch_answer {
  result<dispatched> outcome;
};
struct aggregate_state_answer {
  result<aggregate_view> outcome;
};

/// Router to aggregate: say whenever you are idle.
struct report_idle {};
/// Aggregate to router: nothing waits, and so many calls were handled.
struct idle_report {
  std::string id;
  std::uint64_t handled = 0;
};
/// Aggregate to router: it has begun, for the first time or again.
struct aggregate_is_here {
  std::string id;
  caf::actor self;
};
/// Router to aggregate: stop, for nothing is on its way to you.
struct retire {};

} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::dispatch_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::dispatch_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::aggregate_state_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::aggregate_state_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::report_idle)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::idle_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::aggregate_is_here)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::retire)
