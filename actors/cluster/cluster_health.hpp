// What a cluster's state is called, and why.
#pragma once

#include "aiex/persistence/consensus/configuration.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace aiex {

/// As one node sees it.
struct seen_cluster {
  consensus::member_id self{};
  consensus::member_id leader{}; ///< Nil: unknown.
  consensus::configuration members{};
  std::set<consensus::member_id> linked{};
  std::map<consensus::member_id, std::uint64_t> applied{}; ///< Entries, of members that said it.
};

enum class cluster_health : std::uint8_t {
  healthy,     ///< All voters are linked with this node, and none is far behind.
  degraded,    ///< A majority of them, and somebody leads.
  unhealthy,   ///< No majority, or nobody leads: nothing can be written.
  single_node, ///< There is one member, this node.
};

/// Entries of the log; more is far behind.
inline constexpr std::uint64_t lag_entries_max = 1'000;

struct health_report {
  cluster_health health = cluster_health::single_node;
  std::string reason{};
};

health_report health_of(const seen_cluster& seen);

/// "healthy" and so on.
std::string_view word(cluster_health health) noexcept;

/// The voter that is furthest, of those that are linked with this node, and this node, but not
/// `but`: who is to lead in its place. Nothing: there is none.
std::optional<consensus::member> successor_of(const seen_cluster& seen, consensus::member_id but);

/// How many entries a member is behind the one that is furthest; 0 of one that has not said it.
std::uint64_t lag_of(const seen_cluster& seen, consensus::member_id member);

} // namespace aiex
