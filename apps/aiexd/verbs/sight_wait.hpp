// Waits on behalf of a verb until the cluster looks as it should from this node.
#pragma once

#include "aiex/actors/flow/cluster_sight.hpp"

#include "aiexd/verbs/verb_call.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <functional>

namespace aiex {

/// How often it is looked.
inline constexpr std::chrono::milliseconds sight_look{50};

/// Calls `then` in the gateway, with whether it came to hold while the verb's client waits.
/// `holds`: any thread.
void await_sight(verb_call call, std::function<bool(const cluster_sight&)> holds,
  std::function<void(verb_call&, bool)> then);

/// To the actor that looks, once. Answered with `sight_awaited`.
struct await_sight_call {
  std::chrono::milliseconds most{};
};
struct sight_awaited {
  bool holds = false;
};

} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::await_sight_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::sight_awaited)
