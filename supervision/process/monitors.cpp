#include "aiex/supervision/process/monitors.hpp"

#include "aiex/supervision/process/exit_reasons.hpp"
#include "aiex/supervision/process/process.hpp"

#include <caf/actor_cast.hpp>
#include <caf/system_messages.hpp>

#include <stdexcept>
#include <string>
#include <utility>

namespace aiex {

namespace {

/// What never ends, so that a monitor of it is one like all others.
constexpr monitor_book::target nobody = 0;

monitor_book::target key_of(const caf::actor_addr& whom) {
  return reinterpret_cast<monitor_book::target>(caf::actor_cast<caf::actor_control_block*>(whom));
}

} // namespace

monitors::monitors(
  caf::event_based_actor* self, std::function<void(const down&)> hears, std::size_t most)
    : self_(self), hears_(std::move(hears)), book_(most) {
  self_->set_down_handler([this](const caf::down_msg& told) { on_down(told); });
}

monitors::~monitors() {
  for (const auto& [key, its] : watched_)
    self_->demonitor(its.who);
}

monitor_ref monitors::monitor(const caf::actor& whom) {
  const bool is_self = whom && whom.address() == self_->address();
  const bool is_late = !is_self && (!whom || has_ended(whom));
  const auto made = book_.add(is_self || is_late ? nobody : key_of(whom.address()));
  if (!made)
    throw std::length_error{"no monitor is made: this actor has " + std::to_string(book_.size()) +
                            " already, as many as it may have; end those it no longer needs"};
  if (is_late) {
    late_.push_back({made->ref, whom ? whom.address() : caf::actor_addr{}, no_process_reason()});
    self_->send(self_, caf::down_msg{self_->address(), {}}); // its own end it never hears of
  } else if (!is_self && made->is_first) {
    const bool is_remote = whom.node() != self_->node();
    watched_[key_of(whom.address())] = {whom.address(), is_remote ? whom : caf::actor{}};
    self_->monitor(whom);
  }
  return made->ref;
}

bool monitors::demonitor(monitor_ref which) {
  const auto removed = book_.remove(which);
  if (removed && removed->was_last && removed->whom != nobody) {
    if (const auto its = watched_.find(removed->whom); its != watched_.end()) {
      self_->demonitor(its->second.who);
      watched_.erase(its);
    }
  }
  return removed.has_value();
}

void monitors::on_down(const caf::down_msg& told) {
  if (told.source == self_->address()) {
    const down late = std::move(late_.front());
    late_.pop_front();
    if (book_.remove(late.ref))
      hears_(late);
    return;
  }
  watched_.erase(key_of(told.source));
  for (const monitor_ref each : book_.of(key_of(told.source)))
    if (book_.remove(each)) // else the one before it has taken it back
      hears_({each, told.source, told.reason});
}

} // namespace aiex
