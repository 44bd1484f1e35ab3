// The way of the answers of a group, from the store's writer to those who asked. Telling dozens of
// actors and dropping what they had sent takes as long as a good part of a commit; so an actor of
// its own does it while the writer commits the next group. A few answers the writer gives itself.
#pragma once

#include "aiex/actors/flow/append_way.hpp"
#include "aiex/actors/flow/store_messages.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/behavior.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/response_promise.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace aiex {

/// Who asked for an append on another node, and under which number there.
struct remote_asker {
  uuid member{};
  std::uint64_t number = 0;
};

/// An append that the writer has taken in.
struct waiting_append {
  std::size_t events = 0;
  std::shared_ptr<append_gate::permit> permit{};
  caf::response_promise promise{};
  std::shared_ptr<const append_request> request{};
  std::shared_ptr<const process_life> writer{};
  append_try tried{};
  std::optional<remote_asker> remote{}; ///< Nothing: `promise` is who asked.
};

/// Appends, and what became of each.
struct answered_group {
  std::vector<waiting_append> asked{};
  std::vector<result<append_result>> outcomes{};
};

/// The writer's end: hands on in order, whichever way it goes. Thread: the writer's.
class append_answers {
public:
  /// Up to so many the writer answers itself: handing them over would cost more.
  static constexpr std::size_t answered_at_once_max = 4;

  explicit append_answers(caf::event_based_actor& writer);

  /// `at_once`: they must have been told when this returns, unless earlier ones are on their way.
  void give(answered_group group, bool at_once = false);

private:
  caf::event_based_actor* writer_;
  caf::actor teller_;
  std::shared_ptr<std::atomic<std::size_t>> groups_on_their_way_;
};

/// To the actor that tells.
struct tell_answers {
  std::shared_ptr<answered_group> group;
};

/// Tells answers in the order in which the groups come; counts each group out when it is told.
caf::behavior answer_teller(
  caf::event_based_actor* self, std::shared_ptr<std::atomic<std::size_t>> groups_on_their_way);

} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::tell_answers)
