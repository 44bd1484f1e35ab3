#pragma once

#include "aiex/persistence/consensus/configuration.hpp"

#include <cstdint>
#include <utility>
#include <vector>

namespace aiex::consensus {

/// The newest configuration of a log, and those before it that can count again: an entry that is
/// not committed can be cut, and so can, where the disk is full, one that is not durable here. No
/// more of them than entries wait for the disk, and one.
class configurations {
public:
  configurations() = default;

  /// Without an entry that says so: of a store alone. Counts as of index 0.
  explicit configurations(configuration implied) { all_.front().members = std::move(implied); }

  const configuration& current() const noexcept { return all_.back().members; }
  std::uint64_t index() const noexcept { return all_.back().index; } ///< 0: no entry says so.
  /// In the newest one, or in one that can count again.
  bool may_be_voter(member_id id) const;

  /// Precondition: `index` is greater than that of the newest one.
  void append(std::uint64_t index, configuration members);

  /// The log ends before `from` now. False: that is settled.
  [[nodiscard]] bool cut(std::uint64_t from);

  /// The log will never end before `index`: what was replaced up to there is forgotten.
  void settle(std::uint64_t index);

private:
  struct placed {
    std::uint64_t index = 0;
    configuration members{};
  };
  std::vector<placed> all_{1}; // ascending, never empty
};

} // namespace aiex::consensus
