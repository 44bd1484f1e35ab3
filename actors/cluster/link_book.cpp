// Tested by tests/actors/cluster/link_doorman_test.cpp
#include "aiex/actors/cluster/link_book.hpp"

namespace aiex {

link_id link_book::next_id() {
  const std::lock_guard lock(lock_);
  return ++last_id_;
}

void link_book::accepted(link_id id, const std::shared_ptr<closable_link>& connection) {
  std::shared_ptr<closable_link> evicted;
  {
    const std::lock_guard lock(lock_);
    pending_[id] = connection;
    if (auto oldest = admission_.accepted(id, std::chrono::steady_clock::now())) {
      evicted = pending_[*oldest].lock();
      pending_.erase(*oldest);
    }
  }
  if (evicted)
    evicted->abort(link_breach::too_many_pending);
}

link_admission::handshake link_book::shook_hands(link_id id, const basp::node_id& node) {
  const std::lock_guard lock(lock_);
  const auto outcome = admission_.shook_hands(id, node);
  if (outcome == link_admission::handshake::welcome)
    pending_.erase(id);
  return outcome;
}

void link_book::closed(link_id id, link_breach breach) {
  peers_.remove(id);
  const std::lock_guard lock(lock_);
  ++breaches_[static_cast<std::size_t>(breach)];
  admission_.closed(id);
  pending_.erase(id);
}

std::size_t link_book::close_overdue() {
  std::vector<std::shared_ptr<closable_link>> overdue;
  std::size_t left = 0;
  {
    const std::lock_guard lock(lock_);
    for (const link_id id : admission_.overdue(std::chrono::steady_clock::now()))
      if (auto connection = pending_[id].lock())
        overdue.push_back(std::move(connection));
    left = admission_.pending();
  }
  for (const auto& connection : overdue)
    connection->abort(link_breach::handshake_overdue);
  return left;
}

std::size_t link_book::pending() const {
  const std::lock_guard lock(lock_);
  return admission_.pending();
}

std::uint64_t link_book::closed_for(link_breach breach) const {
  const std::lock_guard lock(lock_);
  return breaches_[static_cast<std::size_t>(breach)];
}

std::size_t link_book::linked() const {
  const std::lock_guard lock(lock_);
  return admission_.linked();
}

} // namespace aiex
