#pragma once

#include "aiex/persistence/consensus/log_place.hpp"
#include "aiex/persistence/log/entry_chain.hpp"

#include "simulate/cluster/history.hpp"
#include "simulate/cluster/rules/session_owner.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace aiex::test {

/// What the cluster has agreed on, as an observer who sees everything knows it: the committed
/// entries, noted when the first leader commits them, and the events in them.
class agreed_log {
public:
  struct agreed_entry {
    consensus::log_place place{};
    std::uint64_t by_term = 0; ///< Of the leader that first committed it.
    chain_end end{};           ///< Behind it.
  };

  std::uint64_t size() const noexcept { return entries_.size(); }
  const agreed_entry& at(std::uint64_t index) const { return entries_.at(index - 1); }
  const final_log& events() const noexcept { return events_; }
  std::uint64_t version_of(const std::string& stream) const;
  /// Of all streams.
  const std::map<std::string, std::uint64_t>& versions() const noexcept { return versions_; }
  /// What a projection has summed up behind so many events.
  std::uint64_t projected(std::uint64_t position) const { return sums_.at(position); }

  /// The next entry. Broken rules: versions_without_gap, owner_of_epoch, session_owner.
  void take(consensus::log_place place, std::uint64_t by_term, std::string_view bytes);

private:
  std::vector<agreed_entry> entries_;
  final_log events_;
  std::vector<std::uint64_t> sums_{0};
  std::map<std::string, std::uint64_t> versions_;
  session_owner_writes session_owners_;
  entry_chain chain_;
};

} // namespace aiex::test
