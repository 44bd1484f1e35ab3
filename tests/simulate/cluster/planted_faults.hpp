#pragma once

#include "simulate/cluster/simulated_node.hpp"

#include <string_view>

namespace aiex::test {

/// Errors that a test switches on, to see that a rule finds them: of the core, of the driver and of
/// the decision.
enum class planted_fault : std::uint8_t {
  commits_old_terms,        ///< A leader counts copies of entries of older terms (figure 8).
  answers_before_sync,      ///< Votes leave before they are durable.
  acknowledges_before_sync, ///< Entries are acknowledged before they are durable.
  acknowledges_last_index,  ///< All of the log is, not what was compared.
  votes_twice,              ///< Whoever asks gets a vote.
  match_one_too_many,       ///< A leader takes one more entry for acknowledged.
  applies_ahead,            ///< What is durable is applied.
  reads_at_once,            ///< A leader answers reads without asking whether it still leads.
  loses_truncations,        ///< What contradicts a leader stays on disk.
  commits_unchecked,        ///< A follower commits what the leader says, whatever it has there.
  votes_after_loss,         ///< What proves that the log was longer is forgotten.
  forgets_votes,            ///< A start begins without the vote of its term.
  no_pre_vote,              ///< Terms begin without asking.
  any_version,              ///< The expected version is not looked at.
  repeats_anew,             ///< A repeat is decided again.
  any_epoch,                ///< Whoever was the owner still is.
  position_apart,           ///< A projection's position is saved after its rows.
  owner_without_epoch,      ///< A host of sessions does not say in which epoch it owns them.
  answers_unconfirmed,      ///< It refuses without asking the store whether it is still so.
};

inline constexpr planted_fault last_planted_fault = planted_fault::answers_unconfirmed;

std::string_view name_of(planted_fault what);

/// What a core with the error would have done in this step.
void spoil(planted_fault what, consensus::core_state& core, const consensus::input& given,
  consensus::outputs& out);

/// What a core with the error would begin with.
void spoil(planted_fault what, consensus::core_state& begun);

/// What a decision with the error would have been asked.
void spoil(planted_fault what, append_request& asked);

} // namespace aiex::test
