#include "aiex/supervision/process/process_table.hpp"

#include "aiex/supervision/process/process.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/actor_cast.hpp>

#include <utility>

namespace aiex {

namespace {

bool is_in_handler(const process_entry& of) {
  return of.activity->current().has_value();
}

template <class Entries>
void append(std::vector<process_entry_pointer>& to, const Entries& entries) {
  for (const auto& [actor, entry] : entries)
    to.push_back(entry);
}

} // namespace

void process_table::enter(const caf::actor& child, std::string path,
  std::chrono::milliseconds handler_limit, std::uint64_t restarts) {
  auto life = life_of(child);
  if (!life)
    return;
  const std::uint64_t actor = child.id();
  auto* behind = caf::actor_cast<caf::abstract_actor*>(child);
  const auto entry = std::make_shared<const process_entry>(
    process_entry{actor, std::move(path), restarts, handler_limit,
      behind->getf(caf::abstract_actor::is_detached_flag), std::move(life), activity_of(child)});
  const auto put_into = [&](shard& where) {
    const std::lock_guard guard{where.lock};
    where.all.insert_or_assign(actor, entry);
  };
  put_into(shard_of(actor));
  if (entry->has_thread)
    put_into(with_threads_);
  behind->attach_functor([table = weak_from_this(), actor](const caf::error&) {
    if (const auto still_there = table.lock())
      still_there->on_end(actor);
  });
}

void process_table::on_end(std::uint64_t actor) {
  entries::node_type gone;
  {
    shard& where = shard_of(actor);
    const std::lock_guard guard{where.lock};
    gone = where.all.extract(actor);
  }
  if (!gone)
    return;
  if (gone.mapped()->has_thread) {
    const std::lock_guard guard{with_threads_.lock};
    with_threads_.all.erase(actor);
  }
  if (!is_in_handler(*gone.mapped()))
    return;
  const std::lock_guard guard{dead_.lock};
  std::erase_if(dead_.all, [](const auto& each) { return !is_in_handler(*each.second); });
  dead_.all.insert(std::move(gone));
}

process_entry_pointer process_table::find(std::uint64_t actor) const {
  const auto look_in = [actor](const shard& where) {
    const std::lock_guard guard{where.lock};
    const auto found = where.all.find(actor);
    return found == where.all.end() ? nullptr : found->second;
  };
  auto found = look_in(shard_of(actor));
  return found ? found : look_in(dead_);
}

std::vector<process_entry_pointer> process_table::with_threads() const {
  std::vector<process_entry_pointer> all;
  const std::lock_guard guard{with_threads_.lock};
  append(all, with_threads_.all);
  return all;
}

std::vector<process_entry_pointer> process_table::dead_in_handler() {
  std::vector<process_entry_pointer> all;
  const std::lock_guard guard{dead_.lock};
  std::erase_if(dead_.all, [](const auto& each) { return !is_in_handler(*each.second); });
  append(all, dead_.all);
  return all;
}

std::vector<process_entry_pointer> process_table::list() const {
  std::vector<process_entry_pointer> all;
  const auto append_all = [&all](const shard& of) {
    const std::lock_guard guard{of.lock};
    append(all, of.all);
  };
  for (const shard& each : shards_)
    append_all(each);
  append_all(dead_);
  return all;
}

} // namespace aiex
