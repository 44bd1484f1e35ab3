#pragma once

#include "aiex/persistence/consensus/configuration.hpp"

#include <cstdint>
#include <optional>

namespace aiex::consensus {

/// The newest configuration of a log and the one before it. Two are enough: a further one is
/// proposed only when the newest is committed, so a cut can take one at most (thesis, section 4.1).
class configurations {
public:
  configurations() = default;

  /// Without an entry that says so: of a store alone. Counts as of index 0.
  explicit configurations(configuration implied) { current_.members = std::move(implied); }

  const configuration& current() const noexcept { return current_.members; }
  std::uint64_t index() const noexcept {
    return current_.index;
  } ///< Of its entry; 0: there is none.

  /// Precondition: `index` is greater than that of the newest one.
  void append(std::uint64_t index, configuration members);

  /// The log ends before `from` now. False: that would take both, which cannot be.
  [[nodiscard]] bool cut(std::uint64_t from);

private:
  struct placed {
    std::uint64_t index = 0;
    configuration members{};
  };
  placed current_;
  std::optional<placed> before_;
};

} // namespace aiex::consensus
