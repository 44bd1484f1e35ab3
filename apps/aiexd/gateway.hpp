// The gateway: the actor that answers a node's clients, by a table of verbs; and the door before
// it.
#pragma once

#include "aiexd/verbs/verb_call.hpp"

#include <caf/actor_addr.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/behavior.hpp>
#include <caf/stateful_actor.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace aiex {

/// The gateway actor. What a handler throws is answered as an error, and ends it.
///
///   gateway_hello -> gateway_welcome
///   caller_request -> gateway_reply    from the door; refused if the role does not suffice
///   gateway_request -> gateway_reply   from this process, which may do all
///   applied            from the store's writer
caf::behavior gateway(gateway_actor* self, gateway_environment_pointer node);

/// To the door: let nobody in any more. Answered with `door_closed` when the last request that is
/// under way has its answer; clients that wait for events are answered at once.
struct close_door {};
struct door_closed {};

/// From the door to the gateway: clients that wait for events are to wait no longer.
struct end_waiting {};

/// More requests under way than this are answered with `overloaded`.
inline constexpr std::size_t door_waiting_max = 1'024;

struct door_state {
  static inline const char* name = "gateway_door";
  struct waiting_request {
    caf::actor_addr asked; ///< The gateway of that hour.
    gateway_promise promise;
  };
  std::map<std::uint64_t, waiting_request> waiting;
  std::uint64_t last_request = 0;
  caf::actor_addr watched;
  std::optional<caf::typed_response_promise<door_closed>> closing; ///< Of who has closed it.
};

/// The door: what is published. Passes on to the gateway of the hour, which may be restarted: who
/// waits for one that ends is answered at once. `callers` tells who is at the other end of a link;
/// without it all may do all.
using find_caller = std::function<result<caller>(const caf::node_id&)>;
caf::behavior gateway_door(
  caf::stateful_actor<door_state>* self, std::string node, registry names, find_caller callers);

} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::close_door)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::door_closed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::end_waiting)
