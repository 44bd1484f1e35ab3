// The event store: log and state together. Decides appends in groups, makes them durable, applies
// them, answers; reads by query. No clock of its own, and no thread but what it is given.
//
//   take    decide against the state, the groups under way and the open group
//   close   entry -> replica: log, others, state -> answers, in `words`
//   commit  close, and the work of a store that is alone -> answers
//
// The state is committed before the answers, so what was acknowledged is visible; it is never ahead
// of the durable log, so that losing it loses nothing. A refusal or a repeat writes nothing, so it
// is a read: it is answered when the others have confirmed that this node still leads.
#pragma once

#include "aiex/persistence/state/append_group.hpp"
#include "aiex/persistence/state/names.hpp"
#include "aiex/persistence/state/reader.hpp"
#include "aiex/persistence/state/state.hpp"
#include "aiex/persistence/store/replica.hpp"
#include "aiex/persistence/store/store_media.hpp"
#include "aiex/persistence/store/waiting_groups.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace aiex {

/// What became of a read that was begun.
struct answered_read {
  std::uint64_t ticket = 0;
  /// The state shows all that was committed anywhere when it began. Errors: no_quorum: nobody could
  /// tell; overloaded: too many are under way; ask again. That of `failure`.
  result<void> outcome{};
};

/// What a store in a cluster has to say: messages to the members they name, the rest to whoever
/// asked.
struct store_words {
  std::vector<consensus::message> messages{};
  std::vector<answered_appends> appends{};
  std::vector<answered_read> reads{};
  std::vector<consensus::change_outcome> changes{};
  std::optional<consensus::role_change> role{};
};

class event_store {
public:
  /// Reads under way at once.
  static constexpr std::size_t reads_max = 4'096;

  /// Brings the state up to the log, as far as it is committed. `who` it is among the members of a
  /// cluster; a store alone need not say it. Errors: those of `replica::open`.
  static result<event_store> open(store_media media, const consensus::core_options& who = {},
    consensus::stepper step = consensus::step);

  /// Decides the append, all or nothing, against what is committed and what was taken before it.
  /// Nothing is written yet; the answer comes with `commit` or after `close`, since it holds only
  /// then. Whether it was taken: what does not fit into the group any more is taken after that. The
  /// first always is. Thread: the writer's, one at a time.
  bool take(const append_request& request);

  /// Proposes what was taken, as a group with this number; 0: nothing was. Its answers come with
  /// `words`, when others and the work of `member` have done their part; the next group can be
  /// taken meanwhile. Errors, each of an append, as of `commit`; also overloaded:
  /// `waiting_groups::groups_max` are under way. Writer's thread.
  std::uint64_t close(timestamp now);

  /// Whether appends are decided here: this node leads, and state and groups under way are the
  /// whole log. Writer's thread.
  bool decides() const noexcept;

  /// Begins a read that sees all that is committed by now: its ticket. Any member may be asked.
  /// Writer's thread.
  std::uint64_t begin_read(timestamp now);

  /// Since this was asked last. Writer's thread.
  store_words words();

  /// Makes durable what was taken, with one sync of the log, and answers it in that order. What is
  /// refused has written nothing. In a cluster nobody waits here for the others: see `close`.
  ///
  ///   durable   once it returns
  ///   thread    the writer's: one at a time, always the same
  ///   errors    those of `check` and `decide_append`; store_full, overloaded (nothing written);
  ///             corrupt: what it asks for is damaged, nothing written; and if `failure` says so,
  ///             io or corrupt: the store has failed, the outcome of this group's appends is known
  ///             after the next open only, and every later append answers the same. In a cluster
  ///             also not_leader, no_quorum: this node does not lead, nothing written;
  ///             overloaded: what was there before its term is not committed yet;
  ///             unknown_outcome: others have not confirmed it yet
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

  /// What stands between this store and the others of its cluster: they are heard and its work is
  /// done through it; what it has to say comes with `words`. Writer's thread.
  replica& member() noexcept { return replica_; }
  const replica& member() const noexcept { return replica_; }

private:
  explicit event_store(replica given) : replica_(std::move(given)) {}

  /// What was taken and is not closed.
  struct open_group {
    append_group decided;
    consensus::log_place behind{};
    found_streams streams{};
    std::uint64_t streams_at = 0; ///< They were found when the state ended with this entry.
    bool is_of_leader = false;    ///< It led when the group was opened.
    bool rests_on_facts = false;  ///< Some answer does.
    std::optional<error> lost{};  ///< What it was decided on was given up.
    append_outcomes answers{};
  };
  struct waiting_read {
    std::uint64_t ticket = 0;
    std::optional<std::uint64_t> index{}; ///< Confirmed: to be applied.
  };

  result<void> open_group_behind_log();
  result<append_result> decide(const append_request& request, open_group& group);
  result<void> check_state(const table_reader& tables);
  result<void> check_leads();
  void propose(open_group& group, std::uint64_t number, timestamp now);
  void settle();
  void take_read(const consensus::read_state& done);
  void answer_reads();

  replica replica_;
  std::unique_ptr<open_group> group_;
  waiting_groups waiting_;
  std::vector<waiting_read> reads_;
  store_words words_;
  std::uint64_t groups_ = 0;
  std::uint64_t tickets_ = 0;
  std::uint64_t whole_in_ = 0; ///< In this term state and groups under way are the whole log.
};

} // namespace aiex
