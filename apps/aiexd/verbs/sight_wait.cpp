// Tested by tests/apps/aiexd/cluster_test.cpp
#include "aiexd/verbs/sight_wait.hpp"

#include "aiexd/verbs/ask.hpp"

#include <caf/event_based_actor.hpp>

#include <utility>

namespace aiex {

namespace {

/// Its own word: look.
struct look_at_sight {};

} // namespace
} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::look_at_sight)

namespace aiex {

namespace {

struct sight_watch {
  static inline const char* name = "sight_watch";
  caf::actor_clock::time_point until{};
  caf::typed_response_promise<sight_awaited> asker{};
};

/// Ends when it has answered.
caf::behavior watch_sight(caf::stateful_actor<sight_watch>* self,
  std::shared_ptr<const cluster_sight> sight, std::function<bool(const cluster_sight&)> holds) {
  const auto look = [self, sight = std::move(sight), holds = std::move(holds)] {
    const bool is_so = holds(*sight);
    if (!is_so && self->clock().now() < self->state.until)
      return self->delayed_send(self, sight_look, look_at_sight{});
    self->state.asker.deliver(sight_awaited{is_so});
    self->quit();
  };
  return {
    [self, look](const await_sight_call& asked) {
      self->state.until = self->clock().now() + asked.most;
      self->state.asker = self->make_response_promise<sight_awaited>();
      look();
      return self->state.asker;
    },
    [look](look_at_sight) { look(); },
  };
}

} // namespace

void await_sight(verb_call call, std::function<bool(const cluster_sight&)> holds,
  std::function<void(verb_call&, bool)> then) {
  const auto most = call.patience() - std::min(call.patience() / 4, 4 * sight_look);
  const caf::actor watch =
    call.self->spawn<caf::hidden>(watch_sight, call.services().cluster, std::move(holds));
  ask<sight_awaited>(std::move(call), watch, await_sight_call{most}, "who looks at the cluster",
    [then = std::move(then)](
      verb_call& asked, const sight_awaited& outcome) { then(asked, outcome.holds); });
}

} // namespace aiex
