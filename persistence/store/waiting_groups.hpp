// Groups of appends that were closed and are not answered yet: their entries are proposed and not
// applied, or they wrote nothing and nobody has confirmed yet that this node still leads. What is
// decided next sees the former over the state, so that several can be under way at once.
#pragma once

#include "aiex/persistence/consensus/core_state.hpp"
#include "aiex/persistence/state/append_group.hpp"
#include "aiex/persistence/state/stored_facts.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <type_traits>
#include <utility>
#include <vector>

namespace aiex {

using append_outcomes = std::vector<result<append_result>>;

/// What became of a group, in the order of its appends.
struct answered_appends {
  std::uint64_t group = 0;
  append_outcomes answers{};
};

/// Why a node that does not lead takes no appends: not_leader, and who does; no_quorum, if nobody
/// is known to. Nothing was written.
error why_not_here(const consensus::core_state& core);

/// Why a group is answered that was decided on one which was given up. Nothing of it was written.
error why_decided_anew(errc given_up, const consensus::core_state& core);

/// Knows no storage: it is told what happens. Thread: the writer's.
class waiting_groups {
public:
  /// Under way at once; the leader's core has limits of its own, in entries and bytes.
  static constexpr std::size_t groups_max = 64;

  bool is_full() const noexcept { return written_.size() + unwritten_.size() >= groups_max; }
  bool has_written() const noexcept { return !written_.empty(); }

  /// Its entry is proposed. Precondition: `decided` is finished, and follows the one before.
  void add(std::uint64_t group, append_group decided, append_outcomes answers);

  /// It wrote nothing, but rests on the log up to `behind`, and holds once the read of `ticket` has
  /// shown that this node led when it was decided.
  void add(std::uint64_t group, consensus::log_place behind, std::uint64_t ticket,
    append_outcomes answers);

  /// What state and proposed groups know together; `use` gets `append_facts`.
  template <class Use>
  auto with_facts(const stored_facts& stored, Use use) const {
    const auto version_of = [&](std::string_view stream) {
      const auto known = newest(&append_group::version_of, stream);
      return known ? *known : stored.version_of(stream);
    };
    const auto event_by_id = [&](const uuid& id) {
      const known_event* known = newest(&append_group::event_by_id, id);
      return known != nullptr ? std::optional{*known} : stored.event_by_id(id);
    };
    const auto event_at = [&](position where) {
      const known_event* known = newest(&append_group::event_at, where);
      return known != nullptr ? *known : stored.event_at(where);
    };
    const auto command_by_id = [&](const uuid& id) {
      const known_command* known = newest(&append_group::command_by_id, id);
      return known != nullptr ? std::optional{*known} : stored.command_by_id(id);
    };
    return use(append_facts{version_of, event_by_id, event_at, command_by_id});
  }

  /// Answers those that need no longer wait.
  void settle(const consensus::core_state& core, std::uint64_t applied);
  /// Whether the read was one of these.
  bool confirm(const consensus::read_state& read, const consensus::core_state& core);
  /// An entry was given up, and with it all behind it.
  void refuse(const consensus::refusal& refused, const consensus::core_state& core);
  /// The store has failed: what became of them is known after the next open.
  void fail_all(const error& why);

  /// Nobody waits for it any more: the answers it has got until now, which say so. Precondition: it
  /// waits.
  append_outcomes abandon(std::uint64_t group);

  /// Since this was asked last.
  std::vector<answered_appends> answered() { return std::exchange(answered_, {}); }

private:
  struct waiting {
    std::uint64_t group = 0;
    consensus::log_place behind{}; ///< The log up to there, in this leader's term.
    append_outcomes answers{};
    bool is_abandoned = false;
  };
  struct written : waiting {
    append_group decided;
  };
  struct unwritten : waiting {
    std::uint64_t ticket = 0; ///< 0: confirmed.
  };

  /// What the newest group that knows something says.
  template <class Ask, class What>
  std::invoke_result_t<Ask, const append_group&, const What&> newest(
    Ask ask, const What& what) const {
    std::invoke_result_t<Ask, const append_group&, const What&> known{};
    for (auto at = written_.rbegin(); at != written_.rend() && !known; ++at)
      known = std::invoke(ask, at->decided, what);
    return known;
  }

  void give(waiting& done);
  void give(waiting& done, const error& why);
  waiting& find(std::uint64_t group);
  void settle(written& each, const consensus::core_state& core, std::uint64_t applied);

  std::deque<written> written_;
  std::deque<unwritten> unwritten_;
  std::vector<answered_appends> answered_;
};

} // namespace aiex
