#pragma once

#include "aiex/persistence/consensus/configurations.hpp"
#include "aiex/persistence/consensus/leader_state.hpp"
#include "aiex/persistence/consensus/outputs.hpp"
#include "aiex/persistence/consensus/standing.hpp"
#include "aiex/persistence/consensus/term_runs.hpp"
#include "aiex/persistence/consensus/writes.hpp"

#include <cstdint>
#include <map>
#include <optional>

namespace aiex::consensus {

/// A member of a cluster, all of it: a plain value that only `step` changes.
struct core_state {
  core_options options{};

  // durable, as far as `writes` says
  term_record record{};          ///< The newest; may be on its way.
  bool record_is_stored = false; ///< False: a store that never had a second member.
  term_runs terms{};             ///< Of the whole log, its unsynced end included.
  std::uint64_t durable = 0;     ///< The log is synced up to here.
  configurations members{};

  // of this life only
  consensus::role role = consensus::role::follower;
  member_id leader{};
  std::uint64_t committed = 0;
  std::uint64_t told_committed = 0; ///< What `outputs::committed` last said.
  std::uint64_t checked = 0;        ///< The log is that of this term's leader up to here.
  std::uint32_t quiet_ticks = 0;    ///< Since a leader was heard, a vote given, a campaign begun.
  std::uint32_t ticks_since_start = 0; ///< Up to `election_ticks`.
  std::map<member_id, bool> votes{};
  bool is_transfer = false;                             ///< Of this campaign.
  std::map<std::uint64_t, std::uint32_t> asked_reads{}; ///< Of a follower: ticket, ticks waited.
  std::uint64_t next_to_ask = 0;                        ///< Which peer repairs, in turns.
  consensus::writes writes{};
  consensus::standing standing{};
  std::optional<leader_state> leading{};

  member_id self() const noexcept { return options.self; }
  std::uint64_t term() const noexcept { return record.term; }
  log_place last() const noexcept { return terms.last(); }
  log_place last_durable() const { return {durable, terms.term_at(durable).value_or(0)}; }
  bool is_leader() const noexcept { return role == consensus::role::leader; }
};

} // namespace aiex::consensus
