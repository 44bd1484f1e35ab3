// What the controller of applications tells of them.
// Tested by tests/supervision/application/application_controller_test.cpp
#include "aiex/supervision/application/application_controller.hpp"
#include "aiex/supervision/tree/internal/growing_tree.hpp"

#include <algorithm>
#include <utility>

namespace aiex {

namespace {

child_status status_of(const application_core::application& one) {
  return one.started > 0 ? child_status::running : child_status::stopped;
}

} // namespace

const managed_application& application_of(
  const application_controller_state& state, const std::string& name) {
  return *std::find_if(state.spec.applications.begin(), state.spec.applications.end(),
    [&](const managed_application& each) { return each.tree.id == name; });
}

caf::actor top_of(const application_controller_state& state, const std::string& name) {
  const auto key = state.tops.find(name);
  return key == state.tops.end() ? caf::actor{} : state.living->at(key->second);
}

std::vector<application_info> applications_of(const application_controller_state& state) {
  std::vector<application_info> all;
  for (const application_core::application& each : state.core->applications())
    all.push_back({each.plan.name, each.status, each.plan.type, each.plan.dependencies,
      top_of(state, each.plan.name)});
  return all;
}

std::vector<child_info> children_of(const application_controller_state& state) {
  std::vector<child_info> all;
  for (auto each = state.core->applications().rbegin(); each != state.core->applications().rend();
       ++each)
    all.push_back({each->plan.name, status_of(*each), top_of(state, each->plan.name),
      application_of(state, each->plan.name).tree.kind});
  return all;
}

caf::typed_response_promise<supervision_tree> draw_tree(
  caf::stateful_actor<application_controller_state>* self, supervision_tree_call call) {
  const application_controller_state& state = self->state;
  const std::string& path = state.context.path;
  growing_tree tree{self, call,
    {.id = path.substr(path.rfind('/') + 1),
      .kind = child_kind::supervisor,
      .how = strategy::one_for_one,
      .actor_id = self->id()}};
  for (const application_core::application& each : state.core->applications()) {
    if (!tree.has_room()) {
      tree.leave_out(1);
      continue;
    }
    const caf::actor top = top_of(state, each.plan.name);
    tree.add({.id = each.plan.name,
               .kind = application_of(state, each.plan.name).tree.kind,
               .status = status_of(each),
               .actor_id = top ? top.id() : 0},
      top);
  }
  return std::move(tree).finish();
}

} // namespace aiex
