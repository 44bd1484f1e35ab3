// Tested by tests/actors/cluster/link_doorman_test.cpp
#include "aiex/actors/cluster/link_book.hpp"

namespace aiex {

link_id link_book::next_id() {
  const std::lock_guard lock(lock_);
  return ++last_id_;
}

void link_book::opened(link_id id, const std::shared_ptr<closable_link>& connection) {
  const std::lock_guard lock(lock_);
  connections_[id] = connection;
}

void link_book::accepted(link_id id, const std::shared_ptr<closable_link>& connection) {
  std::shared_ptr<closable_link> evicted;
  {
    const std::lock_guard lock(lock_);
    connections_[id] = connection;
    if (auto oldest = admission_.accepted(id, std::chrono::steady_clock::now()))
      evicted = connections_[*oldest].lock();
  }
  if (evicted)
    evicted->abort(link_breach::too_many_pending);
}

link_admission::handshake link_book::shook_hands(link_id id, const basp::node_id& node) {
  const std::lock_guard lock(lock_);
  return admission_.shook_hands(id, node);
}

void link_book::closed(link_id id, link_breach breach) {
  peers_.remove(id);
  const std::lock_guard lock(lock_);
  ++breaches_[breach];
  admission_.closed(id);
  connections_.erase(id);
}

std::size_t link_book::close_overdue() {
  std::vector<std::shared_ptr<closable_link>> overdue;
  std::size_t left = 0;
  {
    const std::lock_guard lock(lock_);
    for (const link_id id : admission_.overdue(std::chrono::steady_clock::now()))
      if (auto connection = connections_[id].lock())
        overdue.push_back(std::move(connection));
    left = admission_.pending();
  }
  for (const auto& connection : overdue)
    connection->abort(link_breach::handshake_overdue);
  return left;
}

std::shared_ptr<closable_link> link_book::linked_with(const basp::node_id& node) const {
  const std::lock_guard lock(lock_);
  const auto id = admission_.link_of(node);
  const auto found = id ? connections_.find(*id) : connections_.end();
  return found == connections_.end() ? nullptr : found->second.lock();
}

std::vector<std::shared_ptr<closable_link>> link_book::of_nodes() const {
  std::vector<std::shared_ptr<closable_link>> some;
  const std::lock_guard lock(lock_);
  for (const auto& [id, each] : connections_)
    if (auto connection = each.lock(); connection && connection->is_of_node())
      some.push_back(std::move(connection));
  return some;
}

std::size_t link_book::pending() const {
  const std::lock_guard lock(lock_);
  return admission_.pending();
}

std::uint64_t link_book::closed_for(link_breach breach) const {
  const std::lock_guard lock(lock_);
  const auto found = breaches_.find(breach);
  return found == breaches_.end() ? 0 : found->second;
}

std::size_t link_book::linked() const {
  const std::lock_guard lock(lock_);
  return admission_.linked();
}

} // namespace aiex
