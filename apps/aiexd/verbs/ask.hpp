#pragma once

#include "aiex/supervision/call/call.hpp"

#include "aiexd/verbs/verb_call.hpp"

#include <string>
#include <type_traits>
#include <utility>

namespace aiex {

/// The gateway may be asked by its own verbs: it does not wait.
template <class Answer, class Message, class Hears>
void ask_itself(caf::event_based_actor* self, Message message, Hears hears) {
  const auto refused = [hears](const caf::error& why) mutable {
    hears(tl::unexpected(call_error{call_errc::refused, why}));
  };
  // CAF's own request: `calls` refuse who would wait for itself.
  auto asked = self->request(caf::actor{self}, gateway_patience, std::move(message));
  if constexpr (std::is_void_v<Answer>)
    asked.then([hears]() mutable { hears({}); }, refused);
  else
    asked.then([hears](Answer& given) mutable { hears(std::move(given)); }, refused);
}

/// Asks an actor on behalf of a verb and calls `then(verb_call&, Answer&)`, without the answer if
/// it is void. Without one the verb is refused: `whom` says in its error who was silent, or has
/// ended.
template <class Answer, class Message, class Then>
void ask(verb_call call, const caf::actor& other, Message message, std::string whom, Then then) {
  const calls& asking = call.services().events.calls();
  const auto hears = [call, whom = std::move(whom), then = std::move(then)](
                       tl::expected<Answer, call_error> answer) mutable {
    if (!answer && answer.error().code == call_errc::time_out)
      call.refuse({errc::time_out,
        whom + " did not answer in time: it is busy, or does not come back from a handler"});
    else if (!answer)
      call.refuse({errc::stopped, whom + ": " + text(answer.error())});
    else if constexpr (std::is_void_v<Answer>)
      then(call);
    else
      then(call, *answer);
  };
  if (other == call.self)
    ask_itself<Answer>(call.self, std::move(message), hears);
  else
    asking.call<Answer>(call.self, other, gateway_patience, std::move(message), hears);
}

} // namespace aiex
