#include "aiex/supervision/process/links.hpp"

#include "aiex/supervision/process/exit_kind.hpp"
#include "aiex/supervision/process/exit_reasons.hpp"
#include "aiex/supervision/process/process.hpp"

#include <caf/actor_cast.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

namespace aiex {

namespace {

/// How a signal says by which link it comes; null: it is told to end, whatever it does with exits.
struct by_link {
  std::shared_ptr<bond> link;
};

} // namespace
} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::by_link)

namespace aiex {

namespace {

const auto signal_category = caf::atom("aiex_sign");

void send_signal(const caf::actor& whom, const caf::actor_addr& from,
  const std::shared_ptr<bond>& link, const caf::error& reason) {
  const bool is_ours = life_of(whom) != nullptr;
  caf::anon_send(whom,
    caf::exit_msg{from,
      is_ours ? caf::error{1, signal_category, caf::make_message(reason, by_link{link})} : reason});
}

process* process_of(const caf::actor& whom) {
  return dynamic_cast<process*>(caf::actor_cast<caf::abstract_actor*>(whom));
}

/// Tells one end of a link that the other has ended.
class link_watch : public caf::attachable {
public:
  link_watch(
    std::shared_ptr<bond> link, caf::actor_addr watched, caf::actor_addr told, caf::actor kept)
      : link_(std::move(link)), watched_(std::move(watched)), told_(std::move(told)),
        kept_(std::move(kept)) {}

  void actor_exited(const caf::error& why, caf::execution_unit*) override {
    const auto told = caf::actor_cast<caf::actor>(told_);
    if (told && link_->is_up)
      send_signal(told, watched_, link_, why == caf::exit_reason::kill ? killed_reason() : why);
  }
  bool matches(const token& what) override {
    return what.subtype == link_watch_of_one
             ? what.ptr == link_.get()
             : what.subtype == link_watch_of_those_down && !link_->is_up;
  }

private:
  std::shared_ptr<bond> link_;
  caf::actor_addr watched_;
  caf::actor_addr told_;
  caf::actor kept_; // a remote one: its end would not come here if nobody had its handle
};

void watch(const std::shared_ptr<bond>& link, const caf::actor& watched, const caf::actor& told) {
  const bool is_remote = told.node() != watched.node() && life_of(watched) != nullptr;
  caf::actor_cast<caf::abstract_actor*>(watched)->attach(std::make_unique<link_watch>(
    link, watched.address(), told.address(), is_remote ? told : caf::actor{}));
}

void unwatch(const std::shared_ptr<bond>& link, const caf::actor& watched) {
  caf::actor_cast<caf::abstract_actor*>(watched)->detach({link_watch_of_one, link.get()});
}

/// Locks both tables; that of the other only if it is a process of ours.
class both_tables {
public:
  both_tables(link_table& own, process* other) {
    if (!other) {
      own_ = std::unique_lock{own.lock};
      return;
    }
    own_ = std::unique_lock{own.lock, std::defer_lock};
    other_ = std::unique_lock{other->links().lock, std::defer_lock};
    std::lock(own_, other_);
  }

private:
  std::unique_lock<std::mutex> own_;
  std::unique_lock<std::mutex> other_;
};

[[noreturn]] void throw_full(const std::string& who, std::size_t links) {
  throw std::length_error{"no link is made: " + who + " has " + std::to_string(links) +
                          " already, as many as it may have; unlink those it no longer needs"};
}

} // namespace

void let_go_of_those_down(link_table& links, process_life& life) {
  const std::size_t watchers = life.watchers();
  {
    const std::lock_guard guard{links.lock};
    if (links.down <= watchers / 2)
      return;
    links.down = 0;
  }
  life.unwatch({link_watch_of_those_down, nullptr});
}

bool is_process_signal(const caf::error& reason) {
  return reason && reason.category() == signal_category; // a normal one has no category
}

signal_effect effect_of(const caf::exit_msg& told, link_table& links, bool traps) {
  using what = signal_effect::what;
  const caf::error reason = told.reason.context().get_as<caf::error>(0);
  const auto& link = told.reason.context().get_as<by_link>(1).link;
  if (!link)
    return {what::end, {told.source, reason}};
  if (!link->is_up.exchange(false))
    return {}; // it was taken away while this lay in the mailbox
  {
    const std::lock_guard guard{links.lock};
    const auto known = links.bonds.find(told.source);
    if (known != links.bonds.end() && known->second == link)
      links.bonds.erase(known);
    ++links.down;
  }
  if (traps)
    return {what::hear, {told.source, reason}};
  return {kind_of(reason) == exit_kind::normal ? what::nothing : what::end, {told.source, reason}};
}

links::links(caf::event_based_actor* self, std::size_t most)
    : self_(self), its_(dynamic_cast<process*>(self)) {
  if (!its_)
    throw std::logic_error{"only an actor that was spawned by `spawns` has links"};
  const std::lock_guard guard{its_->links().lock};
  its_->links().most = std::min(its_->links().most, most);
}

void links::link(const caf::actor& whom) const {
  const auto self = caf::actor_cast<caf::actor>(self_);
  if (whom == self)
    return;
  auto link = std::make_shared<bond>();
  if (!whom || has_ended(whom))
    return send_signal(self, whom ? whom.address() : caf::actor_addr{}, link, no_process_reason());
  process* const other = process_of(whom);
  {
    const both_tables locked{its_->links(), other};
    auto& own = its_->links().bonds;
    if (own.contains(whom.address()))
      return;
    if (own.size() >= its_->links().most)
      throw_full("this actor", own.size());
    if (other && other->links().bonds.size() >= other->links().most)
      throw_full("the actor to be linked to", other->links().bonds.size());
    own.emplace(whom.address(), link);
    if (other)
      other->links().bonds.emplace(self.address(), link);
  }
  watch(link, self, whom);
  watch(link, whom, self);
  if (!link->is_up) { // the other has unlinked meanwhile, and may have found nothing to let go of
    unwatch(link, self);
    unwatch(link, whom);
  }
}

void links::unlink(const caf::actor& whom) const {
  const auto self = caf::actor_cast<caf::actor>(self_);
  if (!whom || whom == self)
    return;
  process* const other = process_of(whom);
  std::shared_ptr<bond> link;
  {
    const both_tables locked{its_->links(), other};
    const auto known = its_->links().bonds.find(whom.address());
    if (known == its_->links().bonds.end())
      return;
    link = known->second;
    link->is_up = false; // whatever still watches for it, or begins to, tells nobody
    its_->links().bonds.erase(known);
    ++its_->links().down;
    if (other) {
      other->links().bonds.erase(self.address());
      ++other->links().down;
    }
  }
  if (other) {
    let_go_of_those_down(its_->links(), *its_->life());
    let_go_of_those_down(other->links(), *other->life());
  } else { // at once: they hold a handle of it
    unwatch(link, self);
    unwatch(link, whom);
  }
}

void links::trap_exit(exit_trap hears) const {
  self_->set_exit_handler([hears](const caf::exit_msg& told) {
    hears(exit_signal{told.source, told.reason});
  });
  its_->traps_exits_by(std::move(hears));
}

void send_exit_signal(
  const caf::actor_addr& from, const caf::actor& whom, const caf::error& reason) {
  caf::anon_send(whom, caf::exit_msg{from, reason});
}

void send_stop(const caf::actor& whom, const caf::actor_addr& from, const caf::error& reason) {
  if (kind_of(reason) == exit_kind::normal)
    send_signal(whom, from, nullptr, reason);
  else
    send_exit_signal(from, whom, reason);
}

} // namespace aiex
