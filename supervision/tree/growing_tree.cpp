// Tested by tests/supervision/tree/dynamic_supervisor_test.cpp
#include "aiex/supervision/tree/internal/growing_tree.hpp"

#include "aiex/supervision/call/call.hpp"
#include "aiex/supervision/process/process.hpp"

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
  of.is_suspended = activity->is_suspended();
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
  const calls asking = branches_.empty() ? calls{} : calls{self_->system()};
  const auto patience = std::min<std::chrono::milliseconds>(call_.patience, call_timeout::longest);
  for (const branch& each : branches_) // who is asked waits less for its own, to answer in time
    asking.call<supervision_tree>(self_, each.supervisor, patience,
      supervision_tree_call{share, patience * 3 / 4},
      [asked, child = each.child](tl::expected<supervision_tree, call_error> answer) {
        if (answer) {
          supervision_tree& into = asked->root.children[child];
          into.how = answer->how;
          into.untold = answer->untold;
          into.children = std::move(answer->children);
        }
        asked->grown();
      });
  auto promise = asked->promise;
  asked->grown();
  return promise;
}

} // namespace aiex
