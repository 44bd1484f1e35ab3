// Who belongs to a cluster: an entry of the log says it, and it counts from when that entry is
// appended (thesis, section 4.1). One member changes at a time, so that a majority of the members
// before and one of those after always meet.
#pragma once

#include "aiex/persistence/base/error.hpp"
#include "aiex/persistence/base/function_ref.hpp"
#include "aiex/persistence/consensus/limits.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aiex::consensus {

/// Stored. Add at the end, never renumber.
enum class member_role : std::uint8_t {
  voter = 1,
  learner = 2, ///< Gets the log and does not count.
};

struct member {
  member_id id{};
  member_role role = member_role::voter;
  std::string name{};    ///< Of the node, up to 64 bytes.
  std::string address{}; ///< Up to 255 bytes.

  bool operator==(const member&) const = default;
};

enum class tally : std::uint8_t { pending, won, lost };

struct configuration {
  uuid history{};                ///< Void in a store of another history.
  std::vector<member> members{}; ///< Ascending by id: the order of everything that loops.

  const member* find(member_id id) const;
  bool is_voter(member_id id) const;
  std::size_t voters() const;
  bool is_alone(member_id self) const; ///< One member, a voter, `self`.

  /// The greatest value that a majority of voters has reached; 0 without voters (etcd
  /// quorum/majority.go: CommittedIndex).
  std::uint64_t reached_by_majority(function_ref<std::uint64_t(member_id)> reached) const;

  /// Whether a majority of voters said yes, or can no longer (etcd quorum/majority.go: VoteResult,
  /// which calls an election without voters won; here it is lost).
  tally count(function_ref<std::optional<bool>(member_id)> answer) const;

  bool operator==(const configuration&) const = default;
};

/// Its bytes in the log, behind a checksum of their own.
std::string to_bytes(const configuration& members);

/// Errors: corrupt (also if ids do not ascend or a limit is exceeded).
result<configuration> configuration_of(std::string_view bytes);

/// One member, one step.
struct member_change {
  enum class act : std::uint8_t { add_learner, promote, demote, remove, rename };
  act what = act::add_learner;
  member subject{}; ///< Of `promote`, `demote` and `remove` the id counts.

  bool operator==(const member_change&) const = default;
};

/// Errors: invalid_argument (unknown, already so, the last voter, names too long), already_exists
/// (id or name), overloaded (`limits::members`, `limits::voters`).
result<configuration> changed(const configuration& before, const member_change& change);

/// The steps by which `id` takes the place of the member called `name`: learner, old one out,
/// promoted. Never one step: majorities of before and after need not meet. Empty if there is no
/// such member or it is `id`.
std::vector<member_change> replacement_plan(
  const configuration& now, std::string_view name, member_id id);

} // namespace aiex::consensus
