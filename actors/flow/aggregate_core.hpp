// One aggregate, decided without an actor: what to read, what to append, what to answer.
//
//   begin -> read… -> decide -> write -> answer
//              ^                  |
//              +---- conflict ----+   what is new is read, then it is decided again
//
// Nothing is answered that rests on an old state: events are appended behind the version they were
// decided on, and a refusal (or anything else that appends nothing) is answered only when the store
// has confirmed that version, and the owner where it rests on that. Both carry the command, so that
// a repeat is answered with what came of it the first time, also where it would now be refused.
//
// What is owned is written for by the node that has claimed the newest epoch. Who owns it is read
// from the log before the first decision on a stream with events, and again after it was somebody
// else: a node that has lost a stream answers stale_epoch until it claims it again.
#pragma once

#include "aiex/actors/flow/aggregate_append.hpp"
#include "aiex/actors/flow/crash_site.hpp"
#include "aiex/actors/flow/stream_fold.hpp"
#include "aiex/persistence/state/reader.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace aiex {

/// Who may write for an owned stream.
struct stream_owner {
  std::uint64_t epoch = 0; ///< 0: nobody has claimed it.
  std::string node{};
};

struct aggregate_settings {
  std::string node;
  uuid history{};                     ///< In which snapshots must have been taken.
  std::uint64_t snapshot_every = 100; ///< Events.
};

/// A command that an aggregate is about to carry out.
struct aggregate_job {
  dispatch_call call{};
  append_request request{};
  std::vector<encoded> events{};
  /// Answered if the store confirms the version; nothing: `request` has events.
  std::optional<result<dispatched>> verdict{};
  unsigned decisions = 0;
  unsigned repeats = 0;
  dispatched original{}; ///< While it is read back.
};

/// What a function of its type throws goes on as `crashed_at`, with a `crash_site`; it is over
/// then. Thread: one at a time.
class aggregate_core {
public:
  /// How often a command is decided before others have been faster for too long.
  static constexpr unsigned decisions_max = 16;
  /// How often an append without an answer is repeated, and how long before: once, twice, … so
  /// long.
  static constexpr unsigned repeats_max = 3;
  static constexpr std::chrono::milliseconds repeat_delay{100};

  /// Then `on_page`.
  struct read {
    query asked;
  };
  /// After a while; then `on_appended`.
  struct write {
    append_request request;
    std::chrono::milliseconds after{0};
  };
  /// The last one is the answer to `begin`.
  using step = std::variant<read, write, result<dispatched>, result<aggregate_view>>;

  aggregate_core(
    std::shared_ptr<const aggregate_type> type, std::string id, aggregate_settings settings);

  /// Before the first `begin`: saves the replay up to the snapshot, if it can be used.
  void restore(const snapshot& taken);

  /// A command, with its id. Not while another one is going on. Errors of the answer: refused,
  /// unknown_type, invalid_data, wrong_expected_version (`actual`: the version; not what was
  /// expected, or too many conflicts), duplicate_id, stale_epoch (`actual`: the epoch; the owner is
  /// another node), unknown_outcome (repeat it with the same command id), those of reading and of
  /// `event_store::append`.
  step begin(dispatch_call call);

  /// Errors of the answer: not_found (no event), invalid_history (`at` is beyond the version),
  /// those of reading.
  step begin(const aggregate_state_call& call);

  step on_page(const result<shared_page>& page);
  step on_appended(const result<append_result>& outcome);

  /// After an answer: a snapshot to be saved, if one is due.
  std::optional<snapshot> take_snapshot();

  const std::string& stream() const noexcept { return stream_; }
  std::uint64_t version() const noexcept { return fold_.version(); }

  /// As it knows it, without asking the store: JSON, "null" if it has no form. Errors: those of
  /// `encode`.
  result<std::string> state_json() const { return fold_.save(); }

  /// Its state is known, and its type says that there is no use in keeping it.
  bool is_over() const;

private:
  enum class phase : std::uint8_t {
    idle,
    loading,
    asking_owner,
    writing,
    reading_original,
    looking
  };

  step load();
  step loaded();
  step ask_owner();
  step on_owner(const event_page& page);
  crash_site site_of_decision() const;
  step decide_again();
  /// `claims`: the stream of its owners, if the verdict rests on that too, with its version.
  step confirm(result<dispatched> verdict, std::string claims = {});
  step on_conflict(const error& why);
  step on_failed_append(const error& why);
  step on_written(const append_result& outcome);
  step read_original(const append_result& outcome);
  step on_original(const event_page& page);
  step on_past(const event_page& page);
  step view_of(const stream_fold& fold);
  step answer(result<dispatched> outcome);
  step answer_view(result<aggregate_view> outcome);
  step failed(error why);
  append_identity identity() const;
  bool is_lost() const;
  step refuse_lost();

  std::shared_ptr<const aggregate_type> type_;
  aggregate_settings settings_;
  std::string stream_;
  stream_fold fold_;
  json_reader reader_;
  sha256 hash_;
  phase phase_ = phase::idle;
  bool is_loaded_ = false;              ///< Everything known to be in the stream was read.
  std::optional<stream_owner> owner_;   ///< As it was last read or claimed.
  std::optional<aggregate_job> job_;    ///< Nothing while the state is asked for.
  std::optional<std::uint64_t> wanted_; ///< The version that is asked for.
  std::optional<stream_fold> past_;     ///< On its way there.
  std::uint64_t snapshot_version_ = 0;
  bool is_snapshot_wanted_ = false;
};

} // namespace aiex
