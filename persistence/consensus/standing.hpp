#pragma once

#include "aiex/persistence/consensus/log_place.hpp"

#include <cstdint>
#include <set>

namespace aiex::consensus {

/// Of a proof that says only that the log ends too early. Greater than any index.
inline constexpr std::uint64_t unknown_index = ~std::uint64_t{0};

/// Whether a node may vote and lead, after what its disk may have lost. Who is proven to have had
/// more than its log shows could elect somebody without it; who cannot read an entry could not send
/// it. Caught up means a log as new as the proof, not as long: one that ends with an entry of a
/// later leader holds everything that was committed before.
class standing {
public:
  /// The log once reached `place`, synced. Lowers nothing.
  void raise(log_place place);
  /// What is known of the proof now. Only for a cut by the leader of entries that were never
  /// committed, by one who was caught up, and where a leader tells what was not known.
  void lower(log_place place) { proven_ = place; }

  log_place proven() const noexcept { return proven_; }
  bool is_caught_up(log_place last) const noexcept { return is_as_new(last, proven_); }

  /// Beyond `limits::damaged_entries` the log as a whole is lost.
  void damage(std::uint64_t index);
  void repair(std::uint64_t index) { damaged_.erase(index); }
  void cut(std::uint64_t from) { damaged_.erase(damaged_.lower_bound(from), damaged_.end()); }
  const std::set<std::uint64_t>& damaged() const noexcept { return damaged_; }
  /// The first damaged entry behind `index`, 0 if there is none.
  std::uint64_t first_damaged_behind(std::uint64_t index) const;

  /// There is no term record where there must be one, or too much of the log is gone.
  void set_void() noexcept { is_void_ = true; }
  bool is_void() const noexcept { return is_void_; }

  bool may_vote(log_place last) const noexcept { return !is_void_ && is_caught_up(last); }
  bool may_lead(log_place last) const noexcept { return may_vote(last) && damaged_.empty(); }

private:
  log_place proven_;
  std::set<std::uint64_t> damaged_;
  bool is_void_ = false;
};

} // namespace aiex::consensus
