// Tested by tests/supervision/dynamic_supervisor_test.cpp
#include "aiex/supervision/internal/growing_tree.hpp"

#include "aiex/supervision/process.hpp"

#include <caf/actor_cast.hpp>

#include <algorithm>
#include <memory>
#include <utility>

namespace aiex {

namespace {

struct asked_tree {
  supervision_tree root;
  std::size_t missing = 0;
  caf::typed_response_promise<supervision_tree> promise;

  void grown() {
    if (--missing == 0)
      promise.deliver(std::move(root));
  }
};

/// It need not answer for that.
void note_activity(supervision_tree& of, const std::shared_ptr<const process_activity>& activity) {
  if (!activity)
    return;
  of.handled = activity->so_far().handled;
  of.waiting = activity->waiting();
}

} // namespace

growing_tree::growing_tree(
  caf::event_based_actor* self, supervision_tree_call call, supervision_tree root)
    : self_(self), call_(call), root_(std::move(root)) {
  note_activity(root_, activity_of(caf::actor_cast<caf::actor>(self)));
}

void growing_tree::add(supervision_tree child, caf::actor actor) {
  if (actor)
    note_activity(child, activity_of(actor));
  if (actor && child.kind == child_kind::supervisor)
    branches_.push_back({root_.children.size(), std::move(actor)});
  root_.children.push_back(std::move(child));
}

caf::typed_response_promise<supervision_tree> growing_tree::finish() && {
  auto asked = std::make_shared<asked_tree>();
  asked->promise = self_->make_response_promise<supervision_tree>();
  const std::size_t room = call_.nodes_max - std::min(call_.nodes_max, root_.children.size());
  const std::size_t share = branches_.empty() ? 0 : room / branches_.size();
  asked->root = std::move(root_);
  asked->missing = branches_.size() + 1;
  for (const branch& each : branches_)
    self_
      // Whoever is asked has less patience with its own, so that it answers without them in time.
      ->request(
        each.supervisor, call_.patience, supervision_tree_call{share, call_.patience * 3 / 4})
      .then(
        [asked, child = each.child](supervision_tree& answer) {
          supervision_tree& into = asked->root.children[child];
          into.how = answer.how;
          into.untold = answer.untold;
          into.children = std::move(answer.children);
          asked->grown();
        },
        [asked](const caf::error&) { asked->grown(); });
  auto promise = asked->promise;
  asked->grown();
  return promise;
}

} // namespace aiex
