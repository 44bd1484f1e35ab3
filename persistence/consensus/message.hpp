#pragma once

#include "aiex/persistence/consensus/messages/fetch_answer.hpp"
#include "aiex/persistence/consensus/messages/fetch_request.hpp"
#include "aiex/persistence/consensus/messages/heartbeat.hpp"
#include "aiex/persistence/consensus/messages/heartbeat_answer.hpp"
#include "aiex/persistence/consensus/messages/pre_vote_answer.hpp"
#include "aiex/persistence/consensus/messages/pre_vote_request.hpp"
#include "aiex/persistence/consensus/messages/read_answer.hpp"
#include "aiex/persistence/consensus/messages/read_request.hpp"
#include "aiex/persistence/consensus/messages/replicate_answer.hpp"
#include "aiex/persistence/consensus/messages/replicate_request.hpp"
#include "aiex/persistence/consensus/messages/timeout_now.hpp"
#include "aiex/persistence/consensus/messages/vote_answer.hpp"
#include "aiex/persistence/consensus/messages/vote_request.hpp"

#include <variant>

namespace aiex::consensus {

/// Sent as its place here. Add at the end, never change the order.
using payload = std::variant<pre_vote_request, pre_vote_answer, vote_request, vote_answer,
  replicate_request, replicate_answer, heartbeat, heartbeat_answer, timeout_now, read_request,
  read_answer, fetch_request, fetch_answer>;

struct message {
  member_id from{};
  member_id to{};
  uuid history{};         ///< Of another one: dropped before anything else.
  std::uint64_t term = 0; ///< The sender's, durable there.
  std::uint64_t run = 0;  ///< Which life of the sender, its `term_record::run`.
  payload what{};

  template <class Payload>
  bool is() const noexcept {
    return std::holds_alternative<Payload>(what);
  }
  bool operator==(const message&) const = default;
};

/// Whether a sender that keeps the rules could have sent it: entries follow one another, their
/// terms do not go back and are not ahead of the sender's, numbers stay within their limits.
bool is_sound(const message& given);

} // namespace aiex::consensus
