// Tested by tests/actors/flow/store_test.cpp
#include "aiex/actors/flow/append_answers.hpp"

#include <utility>

namespace aiex {

namespace {

/// What a promise's `deliver` does, but on behalf of whoever runs this: a promise answers with the
/// thread of the actor that made it, which may have ended.
void tell(caf::event_based_actor& self, answered_group& group) {
  for (std::size_t i = 0; i < group.outcomes.size(); ++i) {
    waiting_append& each = group.asked[i];
    const caf::strong_actor_ptr& asker = each.promise.source();
    each.permit.reset(); // who has the answer has the place in the queue, too
    if (asker)
      asker->enqueue(self.ctrl(), each.promise.id().response_id(),
        caf::make_message(append_answer{std::move(group.outcomes[i])}), self.context());
  }
}

} // namespace

append_answers::append_answers(caf::event_based_actor& writer)
    : writer_(&writer), groups_on_their_way_(std::make_shared<std::atomic<std::size_t>>(0)) {
  teller_ = writer.system().spawn<caf::hidden>(answer_teller, groups_on_their_way_);
}

void append_answers::give(answered_group group, bool at_once) {
  const bool are_few = group.outcomes.size() <= answered_at_once_max;
  if ((are_few || at_once) && groups_on_their_way_->load() == 0)
    return tell(*writer_, group);
  groups_on_their_way_->fetch_add(1);
  writer_->send(teller_, tell_answers{std::make_shared<answered_group>(std::move(group))});
}

caf::behavior answer_teller(
  caf::event_based_actor* self, std::shared_ptr<std::atomic<std::size_t>> groups_on_their_way) {
  return {[self, groups_on_their_way](const tell_answers& next) {
    tell(*self, *next.group);
    groups_on_their_way->fetch_sub(1);
  }};
}

} // namespace aiex
