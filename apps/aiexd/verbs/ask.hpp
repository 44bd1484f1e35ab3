#pragma once

#include "aiex/actors/runtime/call_failure.hpp"
#include "aiex/supervision/call/call.hpp"

#include "aiexd/verbs/verb_call.hpp"

#include <caf/sec.hpp>

#include <string>
#include <type_traits>
#include <utility>

namespace aiex {

/// The gateway may be asked by its own verbs: it does not wait.
template <class Answer, class Message, class Hears>
void ask_itself(caf::event_based_actor* self, call_timeout patience, Message message, Hears hears) {
  const auto failed = [hears](const caf::error& why) mutable {
    const bool is_late = why == caf::sec::request_timeout;
    hears(tl::unexpected(call_error{is_late ? call_errc::time_out : call_errc::refused, why}));
  };
  // CAF's own request: `calls` refuse who would wait for itself.
  auto asked = self->request(caf::actor{self}, patience.time(), std::move(message));
  if constexpr (std::is_void_v<Answer>)
    asked.then([hears]() mutable { hears({}); }, failed);
  else
    asked.then([hears](Answer& given) mutable { hears(std::move(given)); }, failed);
}

/// Asks an actor on behalf of a verb and calls `then(verb_call&, Answer&)`, without the answer if
/// it is void. Without one the verb is refused with `as_error(call_error)`.
template <class Answer, class Message, class Then, class As>
void ask_or(verb_call call, const caf::actor& other, Message message, Then then, As as_error) {
  const calls& asking = call.services().events.calls();
  const call_timeout patience = call.patience();
  caf::event_based_actor* self = call.self;
  const auto hears = [call = std::move(call), then = std::move(then),
                       as_error = std::move(as_error)](
                       tl::expected<Answer, call_error> answer) mutable {
    if (!answer)
      call.refuse(as_error(answer.error()));
    else if constexpr (std::is_void_v<Answer>)
      then(call);
    else
      then(call, *answer);
  };
  if (other == self)
    ask_itself<Answer>(self, patience, std::move(message), hears);
  else
    asking.call<Answer>(self, other, patience, std::move(message), hears);
}

/// `whom`: who was silent, or has ended, for the error.
template <class Answer, class Message, class Then>
void ask(verb_call call, const caf::actor& other, Message message, std::string whom, Then then) {
  ask_or<Answer>(std::move(call), other, std::move(message), std::move(then),
    [whom = std::move(whom)](const call_error& why) { return as_error(why, whom); });
}

/// For something to be done; `to_do`: how one finds out whether it was, if there is no answer.
template <class Answer, class Message, class Then>
void ask_to(verb_call call, const caf::actor& other, Message message, std::string whom,
  std::string to_do, Then then) {
  ask_or<Answer>(std::move(call), other, std::move(message), std::move(then),
    [whom = std::move(whom), to_do = std::move(to_do)](
      const call_error& why) { return as_error_of_change(why, whom, to_do); });
}

} // namespace aiex
