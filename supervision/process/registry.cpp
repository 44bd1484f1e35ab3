#include "aiex/supervision/process/registry.hpp"

#include "aiex/supervision/process/process.hpp"

#include <caf/actor_addr.hpp>
#include <caf/error.hpp>
#include <caf/send.hpp>

#include <map>
#include <mutex>
#include <set>
#include <unordered_map>
#include <utility>

namespace aiex {

/// What the copies of a registry share. Handles are let go of outside its lock: each may be the
/// last, and its actor's end comes here.
class registered_names : public std::enable_shared_from_this<registered_names> {
public:
  explicit registered_names(std::size_t most) : most_(most) {}

  tl::expected<std::uint64_t, name_refusal> reserve(
    const std::string& name, std::shared_ptr<process_life> starter) {
    caf::actor ended;
    const std::lock_guard guard{lock_};
    if (auto refused = refusal(name))
      return tl::unexpected(std::move(*refused));
    entry& made = entries_[name];
    ended = take(name, made);
    made = {.life = std::move(starter), .claim = ++last_claim_};
    return made.claim;
  }

  void give_back(const std::string& name, std::uint64_t claim) {
    const std::lock_guard guard{lock_};
    const auto found = entries_.find(name);
    if (found != entries_.end() && found->second.claim == claim)
      entries_.erase(found);
  }

  /// False: somebody else has it now, or who started it has ended and nobody waits for it.
  bool fulfil(const std::string& name, std::uint64_t claim, const caf::actor& actor) {
    bool is_new = false;
    {
      const std::lock_guard guard{lock_};
      const auto found = entries_.find(name);
      if (found == entries_.end() || found->second.claim != claim)
        return false;
      if (const auto& starter = found->second.life; starter && starter->has_begun_to_end())
        return false;
      is_new = give(name, found->second, actor);
    }
    if (is_new)
      forget_with(actor);
    return true;
  }

  tl::expected<void, name_refusal> bind(const std::string& name, const caf::actor& actor) {
    caf::actor before;
    bool is_new = false;
    {
      const std::lock_guard guard{lock_};
      if (auto refused = refusal(name);
          refused && !refused->holder && refused->code != name_errc::reserved)
        return tl::unexpected(std::move(*refused));
      entry& made = entries_[name];
      before = take(name, made);
      is_new = give(name, made, actor);
    }
    if (is_new)
      forget_with(actor);
    return {};
  }

  void unbind(std::string_view name) {
    caf::actor before;
    const std::lock_guard guard{lock_};
    const auto found = entries_.find(name);
    if (found == entries_.end() || !found->second.actor)
      return;
    before = take(found->first, found->second);
    entries_.erase(found);
  }

  std::optional<caf::actor> find(std::string_view name) const {
    const std::lock_guard guard{lock_};
    const auto found = entries_.find(name);
    return found != entries_.end() && lives(found->second) ? std::optional{found->second.actor}
                                                           : std::nullopt;
  }

  std::vector<std::string> names(std::string_view prefix) const {
    std::vector<std::string> all;
    const std::lock_guard guard{lock_};
    for (auto each = entries_.lower_bound(prefix);
         each != entries_.end() && each->first.starts_with(prefix); ++each)
      if (lives(each->second))
        all.push_back(each->first);
    return all;
  }

  std::vector<std::string> names_of(const caf::actor& actor) const {
    const std::lock_guard guard{lock_};
    const auto found = of_actor_.find(actor.address());
    if (found == of_actor_.end() || has_ended(actor))
      return {};
    return {found->second.begin(), found->second.end()};
  }

private:
  struct entry {
    caf::actor actor{};                   // nobody: reserved
    std::shared_ptr<process_life> life{}; // reserved: its starter's; nothing: no process of ours
    std::uint64_t claim = 0;
  };
  using own_names = std::set<std::string, std::less<>>;

  static bool lives(const entry& one) {
    if (!one.actor)
      return false;
    return one.life ? !one.life->has_begun_to_end() : !has_ended(one.actor);
  }

  /// Why nobody new may have the name. The lock is held, as for all below.
  std::optional<name_refusal> refusal(const std::string& name) const {
    if (name.empty() || name.size() > name_bytes_max)
      return name_refusal{name_errc::bad_name, {},
        "a name of " + std::to_string(name.size()) + " bytes; give it 1 to " +
          std::to_string(name_bytes_max)};
    const auto found = entries_.find(name);
    if (found == entries_.end()) {
      if (entries_.size() < most_)
        return std::nullopt;
      return name_refusal{name_errc::too_many, {},
        std::to_string(most_) + " names are in use; end actors or take names back first"};
    }
    if (lives(found->second))
      return name_refusal{name_errc::taken, found->second.actor,
        "'" + name + "' is the name of another actor that lives; end it first, or take another"};
    const auto& starter = found->second.life;
    if (found->second.claim != 0 && !(starter && starter->has_begun_to_end()))
      return name_refusal{name_errc::reserved, {},
        "another actor is being started as '" + name + "'; look again when that is over"};
    return std::nullopt; // its holder has ended
  }

  /// True: nothing was known of the actor.
  bool give(const std::string& name, entry& to, const caf::actor& actor) {
    to = {actor, life_of(actor), 0};
    const auto [found, is_new] = of_actor_.try_emplace(actor.address());
    found->second.insert(name);
    return is_new;
  }

  caf::actor take(const std::string& name, entry& from) {
    if (from.actor)
      if (const auto found = of_actor_.find(from.actor.address()); found != of_actor_.end())
        found->second.erase(name);
    return std::exchange(from.actor, {});
  }

  /// Not under the lock: it is called at once if the actor has ended.
  void forget_with(const caf::actor& actor) {
    actor->attach_functor([table = weak_from_this(), who = actor.address()](const caf::error&) {
      if (const auto alive = table.lock())
        alive->forget(who);
    });
  }

  void forget(const caf::actor_addr& who) {
    std::vector<caf::actor> ended;
    const std::lock_guard guard{lock_};
    const auto known = of_actor_.extract(who);
    if (!known)
      return;
    for (const std::string& name : known.mapped())
      if (const auto found = entries_.find(name);
          found != entries_.end() && found->second.actor.address() == who) {
        ended.push_back(std::move(found->second.actor));
        entries_.erase(found);
      }
  }

  std::size_t most_;
  mutable std::mutex lock_; // guards all below
  std::map<std::string, entry, std::less<>> entries_;
  std::unordered_map<caf::actor_addr, own_names> of_actor_; // until the actor ends
  std::uint64_t last_claim_ = 0;
};

name_claim::name_claim(
  std::shared_ptr<registered_names> names, std::string name, std::uint64_t number)
    : names_(std::move(names)), name_(std::move(name)), number_(number) {}

name_claim::~name_claim() {
  if (names_)
    names_->give_back(name_, number_);
}

void name_claim::fulfil(const caf::actor& actor) && {
  std::exchange(names_, nullptr)->fulfil(name_, number_, actor);
}

registry::registry(std::size_t most) : names_(std::make_shared<registered_names>(most)) {}

tl::expected<name_claim, name_refusal> registry::reserve(
  std::string name, std::shared_ptr<process_life> starter) const {
  return names_->reserve(name, std::move(starter)).map([&](std::uint64_t number) {
    return name_claim{names_, std::move(name), number};
  });
}

tl::expected<void, name_refusal> registry::register_name(
  std::string name, const caf::actor& actor) const {
  auto held = reserve(std::move(name));
  if (!held)
    return tl::unexpected(std::move(held.error()));
  if (!actor || has_ended(actor))
    return tl::unexpected(name_refusal{name_errc::has_ended, {},
      "it has ended, or there is no actor: register the one that was started in its place"});
  std::move(*held).fulfil(actor);
  return {};
}

tl::expected<void, name_refusal> registry::bind(
  const std::string& name, const caf::actor& actor) const {
  if (!actor)
    return tl::unexpected(name_refusal{
      name_errc::has_ended, {}, "nobody is given to have the name; unbind takes it back"});
  return names_->bind(name, actor);
}

std::optional<caf::actor> registry::find(std::string_view name) const {
  return names_->find(name);
}

bool registry::send(std::string_view name, const caf::message& message) const {
  const auto found = find(name);
  if (found)
    caf::anon_send(*found, message);
  return found.has_value();
}

void registry::unbind(std::string_view name) const {
  names_->unbind(name);
}

std::vector<std::string> registry::names(std::string_view prefix) const {
  return names_->names(prefix);
}

std::vector<std::string> registry::names_of(const caf::actor& actor) const {
  return names_->names_of(actor);
}

} // namespace aiex
