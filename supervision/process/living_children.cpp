#include "aiex/supervision/process/living_children.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>
#include <caf/system_messages.hpp>

namespace aiex {

namespace {

void kill(const caf::actor& child) {
  caf::anon_send<caf::message_priority::high>(
    child, caf::exit_msg{child.address(), caf::exit_reason::kill});
}

} // namespace

void living_children::emplace(std::uint64_t key, const caf::actor& child) {
  bool comes_too_late = false;
  {
    const std::lock_guard guard{lock_};
    all_.emplace(key, child);
    comes_too_late = is_over_;
  }
  if (comes_too_late)
    kill(child);
}

void living_children::erase(std::uint64_t key) {
  children::node_type gone; // let go of outside the lock: it may be the last handle
  const std::lock_guard guard{lock_};
  gone = all_.extract(key);
}

void living_children::kill_all() {
  children all;
  {
    const std::lock_guard guard{lock_};
    is_over_ = true;
    all = all_;
  }
  for (const auto& [key, child] : all)
    kill(child);
}

} // namespace aiex
