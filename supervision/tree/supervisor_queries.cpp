// What a supervisor tells of its children.
#include "aiex/supervision/tree/internal/supervisor_queries.hpp"

#include "aiex/supervision/tree/internal/growing_tree.hpp"

#include <utility>

namespace aiex {

namespace {

/// Null if it does not run.
caf::actor actor_of(const static_children& known, const supervisor_core::child& one) {
  return one.status == child_status::running ? known.living.at(one.key) : caf::actor{};
}

child_info info_of(const static_children& known, const supervisor_core::child& one) {
  return {one.spec.id, one.status, actor_of(known, one), one.spec.kind, one.restarts};
}

tl::unexpected<supervision_error> not_found(const std::string& id) {
  return tl::unexpected(supervision_error{supervision_errc::not_found,
    "there is no child '" + id + "': which_children_call tells those there are"});
}

} // namespace

childspec_answer childspec_of(const supervisor_core& core, const std::string& id) {
  if (const auto* known = core.find(id))
    return {known->spec};
  return {not_found(id)};
}

which_child_answer child_of(const static_children& known, const std::string& id) {
  if (const auto* one = known.core.find(id))
    return {info_of(known, *one)};
  return {not_found(id)};
}

std::vector<child_info> children_of(const static_children& known) {
  std::vector<child_info> all;
  const auto& children = known.core.children();
  all.reserve(children.size());
  for (auto each = children.rbegin(); each != children.rend(); ++each)
    all.push_back(info_of(known, *each));
  return all;
}

child_counts count_of(const supervisor_core& core) {
  child_counts counted;
  for (const supervisor_core::child& each : core.children()) {
    ++counted.specs;
    counted.active += each.status == child_status::running ? 1 : 0;
    ++(each.spec.kind == child_kind::supervisor ? counted.supervisors : counted.workers);
  }
  return counted;
}

caf::typed_response_promise<supervision_tree> draw_tree(caf::event_based_actor* self,
  const static_children& known, const std::string& path, supervision_tree_call call) {
  growing_tree tree{self, call,
    {.id = path.substr(path.rfind('/') + 1),
      .kind = child_kind::supervisor,
      .how = known.core.how(),
      .actor_id = self->id()}};
  for (const supervisor_core::child& each : known.core.children()) {
    if (!tree.has_room()) {
      tree.leave_out(1);
      continue;
    }
    const caf::actor actor = actor_of(known, each);
    tree.add({.id = each.spec.id,
               .kind = each.spec.kind,
               .status = each.status,
               .actor_id = actor ? each.key : 0,
               .restarts = each.restarts},
      actor);
  }
  return std::move(tree).finish();
}

} // namespace aiex
