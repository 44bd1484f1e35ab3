// The event store: log and state together. Decides appends in groups, makes them durable, applies
// them, answers; reads by query. No clock of its own, and no thread but what it is given.
//
//   take: decide against state + group;  commit: entry -> replica -> log and state -> answers
//
// The state is committed before the answers, so what was acknowledged is visible; it is never ahead
// of the durable log, so that losing it loses nothing.
#pragma once

#include "aiex/persistence/state/append_group.hpp"
#include "aiex/persistence/state/names.hpp"
#include "aiex/persistence/state/reader.hpp"
#include "aiex/persistence/state/state.hpp"
#include "aiex/persistence/store/replica.hpp"
#include "aiex/persistence/store/store_media.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace aiex {

class event_store {
public:
  /// Brings the state up to the log, as far as it is committed. `who` it is among the members of a
  /// cluster; a store alone need not say it. Errors: those of `replica::open`.
  static result<event_store> open(store_media media, const consensus::core_options& who = {});

  /// Decides the append, all or nothing, against what is committed and what was taken before it.
  /// Nothing is written yet; the answer comes with `commit`, since it holds only then. Whether it
  /// was taken: what does not fit into the group any more is taken after the commit. The first
  /// always is. Thread: the writer's, one at a time.
  bool take(const append_request& request);

  /// Makes durable what was taken, with one sync of the log, and answers it in that order. What is
  /// refused has written nothing.
  ///
  ///   durable   once it returns
  ///   thread    the writer's: one at a time, always the same
  ///   errors    those of `check` and `decide_append`; store_full, overloaded (nothing written);
  ///             corrupt: what it asks for is damaged, nothing written; and if `failure` says so,
  ///             io or corrupt: the store has failed, the outcome of this group's appends is known
  ///             after the next open only, and every later append answers the same. In a cluster
  ///             also no_quorum: this node does not lead, nothing written; overloaded: the group
  ///             before is not committed yet; unknown_outcome: others have not confirmed it yet
  std::vector<result<append_result>> commit(timestamp now);

  /// Takes and commits these, in as few groups as hold them. Precondition: nothing is taken.
  std::vector<result<append_result>> append(
    std::span<const append_request* const> requests, timestamp now);

  /// Why the store failed; nothing while it works. The process should end then. Writer's thread.
  const std::optional<error>& failure() const noexcept { return replica_.failure(); }

  // Any thread.

  result<state_head> head() const;
  result<event_page> read(const query& asked, page_limits limits = {}) const;
  result<std::optional<stream_state>> stream(std::string_view name) const;

  result<std::uint64_t> streams() const; ///< How many.

  /// Up to `most` names of the kind that begin with `prefix`, sorted.
  result<std::vector<std::string>> names(
    name_kind kind, std::string_view prefix, std::size_t most) const;

  /// The event with this id, in a batch of its own. Errors: not_found, corrupt, io.
  result<event_batch> event(const uuid& id) const;

  /// The last event that matches, in a batch of its own; empty if none does. `asked.order` and
  /// `asked.limit` are not looked at. Errors: corrupt, io.
  result<event_batch> latest(query asked) const;

  /// What the command led to, if it led to events. Errors: corrupt, io.
  result<std::optional<append_result>> command(const command_reference& command) const;

  /// How many events match, limit included. Loads no contents.
  result<std::uint64_t> count(query asked) const;

  const store_media& media() const noexcept { return replica_.media(); }

  /// What stands between this store and the others of its cluster: they are heard and answered
  /// through it. Writer's thread.
  replica& member() noexcept { return replica_; }
  const replica& member() const noexcept { return replica_; }

private:
  explicit event_store(replica given) : replica_(std::move(given)) {}

  /// What was taken and is not committed.
  struct open_group {
    open_group(const state_head& behind, std::uint64_t term) : decided(behind, term) {}
    append_group decided;
    found_streams streams{};
    std::vector<result<append_result>> answers{};
  };
  result<append_result> decide(const append_request& request, open_group& group);
  result<void> check_state(const table_reader& tables);
  result<void> check_leads() const;
  result<void> write(open_group& group, timestamp now);
  result<void> outcome_of(consensus::log_place place);

  replica replica_;
  std::unique_ptr<open_group> group_;
};

} // namespace aiex
