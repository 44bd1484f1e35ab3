#include "aiex/actors/flow/crash_ledger.hpp"

#include "aiex/persistence/base/passing.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

namespace aiex {

namespace {

struct repeat_append {};

} // namespace
} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::repeat_append)

namespace aiex {

namespace {

using actor = caf::stateful_actor<crash_ledger_state>;
using shared_memory = std::shared_ptr<crash_ledger_memory>;

/// One at a time: a repeat is then the same append with the same id, which counts once.
void write(actor* self, const store& events, const std::string& node, const shared_memory& memory) {
  auto& state = self->state;
  if (state.is_writing)
    return;
  auto oldest = memory->front();
  if (!oldest)
    return;
  state.is_writing = true;
  const uuid id = oldest->id;
  append_request request;
  request.parts.push_back({std::string{supervision_stream}, expected_version::any(), {}});
  request.parts.front().events.push_back(std::move(*oldest));
  request.node = node;
  request.system = true;
  events.append(self, std::move(request), crash_ledger_patience,
    [self, events, node, memory, id](const result<append_result>& outcome) {
      auto& now = self->state;
      if (!outcome) {
        ++now.counted.failures;
        now.counted.last_failure = outcome.error().message;
        if (is_passing(outcome.error().code))
          return self->delayed_send(self, crash_ledger_pause, repeat_append{});
        ++now.refused; // it would stand in the way of all others for ever
      } else {
        ++now.counted.recorded;
      }
      now.is_writing = false;
      memory->forget(id);
      write(self, events, node, memory);
    });
}

} // namespace

observer observer_of(std::shared_ptr<crash_ledger_memory> memory) {
  return [memory = std::move(memory)](const supervision_event& what) { memory->note(what); };
}

caf::behavior crash_ledger(
  actor* self, node_services services, std::shared_ptr<crash_ledger_memory> memory) {
  const auto go_on = [self, events = services.events, node = services.node, memory] {
    write(self, events, node, memory);
  };
  memory->wakes([me = self->address()] {
    if (const auto ledger = caf::actor_cast<caf::actor>(me))
      caf::anon_send(ledger, crash_noted{});
  });
  return {
    [go_on](crash_noted) { go_on(); },
    [self, go_on](repeat_append) {
      self->state.is_writing = false;
      go_on();
    },
    [self, memory](crash_ledger_statistics_call) {
      crash_ledger_statistics told = self->state.counted;
      told.lost = memory->lost() + self->state.refused;
      told.waiting = memory->waiting();
      return told;
    },
  };
}

} // namespace aiex
