// What a node wants changed about itself in the cluster's list of members: to be taken in, to get a
// vote once it has the log, to stand there under its name and address. The leader does it or says
// why not; asked again, it has nothing to do.
#pragma once

#include "aiex/persistence/consensus/configuration.hpp"

#include <optional>
#include <string>

namespace aiex {

/// A node as it is to stand in the list.
struct own_membership {
  consensus::member_id store{};
  std::string name{};
  std::string address{}; ///< Where others reach it.
};

/// What of the cluster it goes by.
struct seen_members {
  consensus::configuration now{};
  bool is_joining = false;  ///< It was told to join a cluster, and has heard of no members yet.
  bool has_company = false; ///< There is a link to another node.
};

/// Nothing: all is as it should be, or it was removed and does not come back by itself. A store
/// that is alone writes nothing down before there is another node.
std::optional<consensus::member_change> wish_of(
  const own_membership& self, const seen_members& seen);

} // namespace aiex
