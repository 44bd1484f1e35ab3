#pragma once

#include "aiex/supervision/call/call.hpp"

#include "aiexd/verbs/verb_call.hpp"

#include <string>
#include <utility>

namespace aiex {

/// Asks another actor on behalf of a verb and calls `then(verb_call&, Answer&)`. Without an answer
/// the verb is refused: `whom` says in its error who was silent, or has ended.
template <class Answer, class Message, class Then>
void ask(verb_call call, const caf::actor& other, Message message, std::string whom, Then then) {
  const calls& asking = call.services().events.calls();
  asking.call<Answer>(call.self, other, gateway_patience, std::move(message),
    [call, whom = std::move(whom), then = std::move(then)](
      tl::expected<Answer, call_error> answer) mutable {
      if (answer)
        then(call, *answer);
      else if (answer.error().code == call_errc::time_out)
        call.refuse({errc::time_out, whom + " did not answer in time; ask again"});
      else
        call.refuse({errc::stopped, whom + ": " + text(answer.error())});
    });
}

} // namespace aiex
