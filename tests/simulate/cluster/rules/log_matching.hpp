#pragma once

#include "aiex/persistence/base/checksum.hpp"

#include "simulate/cluster/rules/broken_rule.hpp"
#include "simulate/cluster/simulated_node.hpp"

#include <map>
#include <utility>
#include <vector>

namespace aiex::test {

/// Entries of one index and term are the same everywhere, and so is all before them: an entry holds
/// the digest of the one before it (thesis, figure 3.2). What was neither durable nor sent has
/// never been: who leads alone and has no room uses its place again.
class log_matching {
public:
  static constexpr std::string_view name = "log_matching";

  /// What is durable or leaves a node.
  void look(const std::vector<consensus::entry>& entries) {
    for (const consensus::entry& each : entries)
      look(each);
  }

  bool is_known(consensus::log_place place, std::string_view bytes) const {
    const auto known = sums_.find({place.index, place.term});
    return known == sums_.end() || known->second == checksum64(bytes, 0);
  }

private:
  void look(const consensus::entry& entry) {
    const std::uint64_t sum = checksum64(*entry.bytes, 0);
    const auto [known, is_new] = sums_.try_emplace({entry.place.index, entry.place.term}, sum);
    if (!is_new && known->second != sum)
      throw broken_rule{name, "entry " + std::to_string(entry.place.index) + " of term " +
                                std::to_string(entry.place.term) + " exists twice"};
  }

  std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t> sums_;
};

} // namespace aiex::test
