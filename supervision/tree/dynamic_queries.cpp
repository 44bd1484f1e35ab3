// What a dynamic supervisor tells of its children.
#include "aiex/supervision/tree/internal/dynamic_queries.hpp"

#include "aiex/supervision/tree/internal/growing_tree.hpp"

#include <utility>

namespace aiex {

namespace {

/// Null if it does not run.
caf::actor actor_of(const dynamic_children& known, const dynamic_core::child& one) {
  return one.status == child_status::running ? known.living.at(one.key) : caf::actor{};
}

child_info info_of(const dynamic_children& known, const dynamic_core::child& one) {
  return {one.spec.id, one.status, actor_of(known, one), one.spec.kind, one.restarts};
}

tl::unexpected<supervision_error> not_found() {
  return tl::unexpected(supervision_error{supervision_errc::not_found,
    "that actor is no child of this supervisor, or has ended; which_children_call tells those that "
    "run"});
}

} // namespace

childspec_answer childspec_of(const dynamic_core& core, child_key key) {
  if (const auto* known = core.find_by_key(key))
    return {known->spec};
  return {not_found()};
}

which_child_answer child_of(const dynamic_children& known, child_key key) {
  if (const auto* one = known.core.find_by_key(key))
    return {info_of(known, *one)};
  return {not_found()};
}

std::vector<child_info> children_of(const dynamic_children& known) {
  std::vector<child_info> all;
  const auto& children = known.core.children();
  for (auto each = children.rbegin();
       each != children.rend() && all.size() < dynamic_children_told_max; ++each)
    all.push_back(info_of(known, each->second));
  return all;
}

child_counts count_of(const dynamic_core& core) {
  child_counts counted;
  counted.specs = 1; // as OTP counts: they all come from one place
  for (const auto& [which, each] : core.children()) {
    counted.active += each.status == child_status::running ? 1 : 0;
    ++(each.spec.kind == child_kind::supervisor ? counted.supervisors : counted.workers);
  }
  return counted;
}

caf::typed_response_promise<supervision_tree> draw_tree(caf::event_based_actor* self,
  const dynamic_children& known, const std::string& path, supervision_tree_call call) {
  growing_tree tree{self, call,
    {.id = path.substr(path.rfind('/') + 1),
      .kind = child_kind::supervisor,
      .actor_id = self->id()}};
  std::size_t told = 0;
  for (const auto& [which, each] : known.core.children()) {
    if (told == dynamic_children_told_max || !tree.has_room())
      break;
    const caf::actor actor = actor_of(known, each);
    tree.add({.id = each.spec.id,
               .kind = each.spec.kind,
               .status = each.status,
               .actor_id = actor ? each.key : 0,
               .restarts = each.restarts},
      actor);
    ++told;
  }
  tree.leave_out(known.core.children().size() - told);
  return std::move(tree).finish();
}

} // namespace aiex
