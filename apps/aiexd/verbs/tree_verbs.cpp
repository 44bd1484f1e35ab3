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
  if (tree.is_suspended)
    object["suspended"] = true;
  object["children"] = json_value::array();
  for (const supervision_tree& child : tree.children)
    object["children"].push_back(to_json(child));
  if (tree.untold > 0)
    object["untold"] = tree.untold;
  return object;
}

json_value line_of(const tree_place& place) {
  const supervision_tree& node = *place.node;
  json_value line{{"name", place.path}, {"id", node.actor_id}, {"kind", text_of(node.kind)},
    {"status", text_of(node.status)}, {"restarts", node.restarts}, {"actor", node.actor_id},
    {"mailbox", node.waiting}, {"handled", node.handled}};
  if (node.is_suspended)
    line["suspended"] = true;
  return line;
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
      lines += to_text(line_of(each)) + "\n";
    asked.answer(lines_reply(std::move(lines)));
  });
}

} // namespace aiex
