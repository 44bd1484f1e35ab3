#include "aiexd/tree_verbs.hpp"

#include "aiex/supervision/supervisor_messages.hpp"

namespace aiex {

namespace {

std::string_view text_of(strategy how) {
  switch (how) {
  case strategy::one_for_one: return "one_for_one";
  case strategy::one_for_all: return "one_for_all";
  case strategy::rest_for_one: return "rest_for_one";
  }
  return "unknown";
}

std::string_view text_of(child_status status) {
  switch (status) {
  case child_status::stopped: return "stopped";
  case child_status::running: return "running";
  case child_status::restarting: return "restarting";
  }
  return "unknown";
}

json_value to_json(const supervision_tree& tree) {
  json_value object{
    {"id", tree.id}, {"kind", tree.kind == child_kind::supervisor ? "supervisor" : "worker"}};
  if (tree.how)
    object["strategy"] = text_of(*tree.how);
  object["status"] = text_of(tree.status);
  object["actor"] = tree.actor_id;
  object["restarts"] = tree.restarts;
  object["children"] = json_value::array();
  for (const supervision_tree& child : tree.children)
    object["children"].push_back(to_json(child));
  return object;
}

} // namespace

void run_tree(verb_call call) {
  const auto top = call.services().names.find("top");
  if (!top)
    return call.refuse({errc::stopped, "the node's tree is not there: it begins or ends"});
  gateway_actor* self = call.self;
  self->request(*top, gateway_patience, supervision_tree_call{})
    .then([call](const supervision_tree& tree) mutable { call.answer(to_json(tree)); },
      [call](const caf::error&) mutable {
        call.refuse({errc::time_out, "the supervisor did not answer in time; ask again"});
      });
}

} // namespace aiex
