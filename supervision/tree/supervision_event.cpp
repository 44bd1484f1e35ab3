#include "aiex/supervision/tree/supervision_event.hpp"

namespace aiex {

std::string_view name(child_change what) noexcept {
  switch (what) {
  case child_change::started: return "started";
  case child_change::exited: return "exited";
  case child_change::restarting: return "restarting";
  case child_change::failed_to_start: return "failed_to_start";
  case child_change::stopped: return "stopped";
  case child_change::killed: return "killed";
  case child_change::abandoned: return "abandoned";
  case child_change::gave_up: return "gave_up";
  case child_change::shutdown_error: return "shutdown_error";
  case child_change::stuck: return "stuck";
  case child_change::returned: return "returned";
  }
  return "unknown";
}

void tell(const observer& whom, const supervision_event& event) noexcept {
  if (!whom)
    return;
  try {
    whom(event);
  } catch (...) { // it was told; the tree goes on
  }
}

supervision_context below(supervision_context parent, const std::string& id) {
  parent.path += (parent.path.empty() ? "" : "/") + id;
  return parent;
}

} // namespace aiex
