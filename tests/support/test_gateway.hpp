// A gateway for tests: a few verbs, no store.
#pragma once

#include "aiex/actors/runtime/message_types.hpp"

#include <caf/behavior.hpp>
#include <caf/event_based_actor.hpp>

#include <string>
#include <vector>

namespace aiex::test {

/// The gateway actor.
///
///   hello            welcomes, as protocol `protocol`
///   echo TEXT        the text
///   bytes N          N bytes
///   refuse TEXT      wrong_expected_version, actual 9
///   silent           never answers
///   fail             the handler throws: the actor ends
inline caf::behavior test_gateway(caf::event_based_actor* self, std::uint32_t protocol) {
  self->set_default_handler(caf::drop);
  self->set_exception_handler([](caf::scheduled_actor*, std::exception_ptr&) {
    return caf::make_error(caf::sec::runtime_error, std::string("failed as told"));
  });
  auto open = std::make_shared<std::vector<caf::response_promise>>();
  return {
    [protocol](const gateway_hello&) {
      return gateway_welcome{protocol, "test_node", "0.1.0"};
    },
    [self, open](gateway_request& request) -> caf::result<gateway_reply> {
      if (request.verb == "bytes")
        return reply_with(std::string(std::stoul(request.arguments), 'x'));
      if (request.verb == "refuse")
        return reply_with(error{errc::wrong_expected_version, request.arguments, 9});
      if (request.verb == "silent") {
        open->push_back(self->make_response_promise());
        return caf::delegated<gateway_reply>{};
      }
      if (request.verb == "fail")
        throw std::runtime_error("failed as told");
      return reply_with(std::move(request.arguments));
    },
  };
}

} // namespace aiex::test
