// The driver of one consensus core: does on the disk what the core asks for, in its order, and
// applies to the state what is committed.
//
//   take   input -> core -> messages, answers, jobs     nothing is written
//   work   one job -> term record, log, state -> core    and so on, until there is no work
//
// Messages may go before the work is done: those that rest on it come after it. One voter or more,
// the same code; alone, an entry is committed by its sync, and its rows are put beside that.
#pragma once

#include "aiex/persistence/consensus/begin.hpp"
#include "aiex/persistence/consensus/step.hpp"
#include "aiex/persistence/state/state.hpp"
#include "aiex/persistence/store/store_media.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace aiex {

/// What a replica has to say to others. A read is to be answered once `applied` has its index.
struct replica_words {
  std::vector<consensus::message> messages{};
  std::vector<consensus::read_state> reads_done{};
  std::vector<consensus::change_outcome> changes_done{};
  std::optional<consensus::role_change> role{};
};

/// Writes down that the log of a member once reached further than it does, nobody knows how far: it
/// does not vote in its next life until a leader has told it. Precondition: no replica is open.
result<void> note_lost_end(const term_storage& term, consensus::term_record record);

/// No thread, clock or socket of its own. Thread: the writer's, one at a time.
class replica {
public:
  /// Work of others that waits; they ask again for what does not fit.
  static constexpr std::size_t jobs_waiting_max = 64;

  /// Looks at what there is and begins the core; a store that was always alone is brought up to its
  /// log. Errors: corrupt (the log is damaged and there is nobody to ask, or the state is, or is
  /// another log's, or is ahead of a member's log, which is noted: try an empty one), lost_events
  /// (alone, and the log ends before what the state proves to have been there), unknown_version,
  /// io.
  static result<replica> open(store_media media, const consensus::core_options& options,
    consensus::stepper step = consensus::step);

  /// Something happened. `now` dates what the core wants written.
  void take(const consensus::input& given, timestamp now);

  /// An entry behind `end` in the core's term; `streams` as `apply` takes them.
  void propose(consensus::entry what, found_streams streams, timestamp now);

  enum class work_kind : std::uint8_t { none, write, apply, repair, read };

  /// What `work` does next.
  work_kind next_work() const noexcept;
  bool has_work() const noexcept { return next_work() != work_kind::none; }

  /// Does the next job. Precondition: `has_work`.
  void work(timestamp now);

  /// Since this was asked last.
  replica_words words() { return std::exchange(words_, {}); }

  /// Proposals that came too late or were one too many, or found no room: store_full, nobody else
  /// has seen them; unknown_outcome, others may have them. Since this was asked last.
  std::vector<consensus::refusal> refused() { return std::exchange(refused_, {}); }

  /// Why it failed: nothing is taken or done any more, the process ends.
  const std::optional<error>& failure() const noexcept { return failure_; }
  void fail_with(error why);

  const consensus::core_state& core() const noexcept { return core_; }
  const chain_end& applied() const noexcept { return applied_; } ///< Where the state ends.
  const store_media& media() const noexcept { return media_; }

  /// Where the core's log ends, what is not written included. Errors: corrupt, io.
  result<chain_end> end() const;

private:
  replica(store_media media, consensus::stepper step, consensus::core_state core,
    const chain_end& applied)
      : media_(std::move(media)), step_(std::move(step)), core_(std::move(core)),
        applied_(applied) {}

  void absorb(consensus::outputs out, timestamp now);
  void propose_wanted(const consensus::wanted& what, timestamp now);
  void write(const consensus::write_job& job, timestamp now);
  bool commits_by_sync(const consensus::write_job& job) const;
  result<void> put(const consensus::write_job& job);
  void note_unwritten(const consensus::write_job& job);
  void repair(timestamp now);
  void read(const consensus::read_job& job, timestamp now);
  void apply(timestamp now);
  bool can_apply() const noexcept;

  store_media media_;
  consensus::stepper step_;
  consensus::core_state core_;
  chain_end applied_;
  std::optional<consensus::write_job> write_;
  std::deque<consensus::read_job> reads_;
  std::vector<consensus::repair_job> repairs_;
  std::uint64_t unreadable_ = 0; ///< The next entry to be applied, until it is repaired.
  std::shared_ptr<const std::string> streams_of_; ///< The entry that `streams_` was found for.
  found_streams streams_;
  replica_words words_;
  std::vector<consensus::refusal> refused_;
  std::optional<error> failure_;
};

} // namespace aiex
