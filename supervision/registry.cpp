#include "aiex/supervision/registry.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/error.hpp>

namespace aiex {

void registry::bind(const std::string& name, const caf::actor& actor) const {
  caf::actor before; // let go of outside the lock: it may be the last handle
  {
    const std::lock_guard guard{names_->lock};
    before = std::exchange(names_->actors[name], actor);
  }
  // At once if it has ended already, so not under the lock either.
  actor->attach_functor([names = std::weak_ptr{names_}, name, id = actor.id()](const caf::error&) {
    caf::actor ended;
    if (const auto alive = names.lock()) {
      const std::lock_guard guard{alive->lock};
      const auto found = alive->actors.find(name);
      if (found == alive->actors.end() || found->second.id() != id)
        return; // the name has moved on
      ended = std::move(found->second);
      alive->actors.erase(found);
    }
  });
}

std::optional<caf::actor> registry::find(std::string_view name) const {
  const std::lock_guard guard{names_->lock};
  const auto found = names_->actors.find(name);
  if (found == names_->actors.end())
    return std::nullopt;
  // An actor is marked before anybody hears of its end; our own word of it may come last.
  const auto* it = caf::actor_cast<caf::abstract_actor*>(found->second);
  return it->getf(caf::abstract_actor::is_terminated_flag) ? std::nullopt
                                                           : std::optional{found->second};
}

void registry::unbind(std::string_view name) const {
  caf::actor before; // outlives the guard
  const std::lock_guard guard{names_->lock};
  const auto found = names_->actors.find(name);
  if (found == names_->actors.end())
    return;
  before = std::move(found->second);
  names_->actors.erase(found);
}

std::vector<std::string> registry::names(std::string_view prefix) const {
  std::vector<std::string> found;
  const std::lock_guard guard{names_->lock};
  for (auto each = names_->actors.lower_bound(prefix);
       each != names_->actors.end() && each->first.starts_with(prefix); ++each)
    found.push_back(each->first);
  return found;
}

} // namespace aiex
