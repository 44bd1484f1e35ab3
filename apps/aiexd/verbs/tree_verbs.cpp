#include "aiexd/verbs/tree_verbs.hpp"

#include "aiexd/verbs/tree_places.hpp"

namespace aiex {

namespace {

json_value to_json(const supervision_tree& tree) {
  json_value object{{"id", tree.id}, {"name", tree.id}, {"kind", text_of(tree.kind)}};
  if (tree.how)
    object["strategy"] = text_of(*tree.how);
  object["status"] = text_of(tree.status);
  object["actor"] = tree.actor_id;
  object["restarts"] = tree.restarts;
  object["children"] = json_value::array();
  for (const supervision_tree& child : tree.children)
    object["children"].push_back(to_json(child));
  if (tree.untold > 0)
    object["untold"] = tree.untold;
  return object;
}

} // namespace

void run_tree(verb_call call) {
  with_tree(std::move(call),
    [](verb_call& asked, const supervision_tree& tree) { asked.answer(to_json(tree)); });
}

void run_ps(verb_call call) {
  with_tree(std::move(call), [](verb_call& asked, const supervision_tree& tree) {
    std::string lines;
    for (const tree_place& each : places_of(tree))
      lines += to_text({{"name", each.path}, {"id", each.node->actor_id},
                 {"kind", text_of(each.node->kind)}, {"status", text_of(each.node->status)},
                 {"restarts", each.node->restarts}, {"actor", each.node->actor_id},
                 {"mailbox", each.node->waiting}, {"handled", each.node->handled}}) +
               "\n";
    asked.answer(lines_reply(std::move(lines)));
  });
}

} // namespace aiex
