// The event store: log and state together. Decides appends in groups, makes them durable, applies
// them, answers; reads by query. No clock of its own, and no thread but what it is given.
//
//   append: decide each against state + group -> entry -> log and state (entry_commit) -> answers
//
// The state is committed before the answers, so what was acknowledged is visible; it is never ahead
// of the durable log, so that losing it loses nothing.
#pragma once

#include "aiex/persistence/state/append_decision.hpp"
#include "aiex/persistence/state/names.hpp"
#include "aiex/persistence/state/reader.hpp"
#include "aiex/persistence/state/state.hpp"
#include "aiex/persistence/store/entry_commit.hpp"
#include "aiex/persistence/store/store_media.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace aiex {

class event_store {
public:
  /// Brings the state up to the log. Errors: corrupt (the log is damaged, or the state is, or is
  /// another log's: try an empty one), lost_events (the log ends before what the state proves to
  /// have been there), io.
  static result<event_store> open(store_media media);

  /// Appends each request, in order, all or nothing each; answers in the same order. What is
  /// refused has written nothing. Many requests share one sync of the log.
  ///
  ///   durable   once it returns
  ///   thread    the writer's: one at a time, always the same
  ///   errors    those of `check` and `decide_append`; store_full, overloaded (nothing written);
  ///             corrupt: what it asks for is damaged, nothing written; and if `failure` says so,
  ///             io or corrupt: the store has failed, the outcome of this call's appends is known
  ///             after the next open only, and every later append answers the same
  std::vector<result<append_result>> append(
    std::span<const append_request* const> requests, timestamp now);

  /// Why the store failed; nothing while it works. The process should end then. Writer's thread.
  const std::optional<error>& failure() const noexcept { return commit_.failure(); }

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

  const store_media& media() const noexcept { return media_; }

private:
  event_store(store_media media, entry_commit commit)
      : media_(std::move(media)), commit_(std::move(commit)) {}

  using answers = std::vector<result<append_result>>;
  /// Decides and commits one group. Adds no answer if the store has failed.
  void append_group_of(
    std::span<const append_request* const> requests, timestamp now, answers& into);

  store_media media_;
  entry_commit commit_;
};

} // namespace aiex
