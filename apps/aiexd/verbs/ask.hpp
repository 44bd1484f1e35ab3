#pragma once

#include "aiex/supervision/process/exit_kind.hpp"

#include "aiexd/verbs/verb_call.hpp"

#include <caf/sec.hpp>

#include <string>
#include <utility>

namespace aiex {

/// Asks another actor on behalf of a verb and calls `then(verb_call&, Answer&)`. Without an answer
/// the verb is refused: `whom` says in its error who was silent, or has ended.
template <class Answer, class Message, class Then>
void ask(verb_call call, const caf::actor& other, Message message, std::string whom, Then then) {
  gateway_actor* self = call.self;
  self->request(other, gateway_patience, std::move(message))
    .then([call, then = std::move(then)](Answer& answer) mutable { then(call, answer); },
      [call, whom = std::move(whom)](const caf::error& why) mutable {
        if (why == caf::sec::request_timeout)
          call.refuse({errc::time_out, whom + " did not answer in time; ask again"});
        else
          call.refuse({errc::stopped,
            whom + " has ended (" + exit_text(why) + "); it may be back in a moment, ask again"});
      });
}

} // namespace aiex
