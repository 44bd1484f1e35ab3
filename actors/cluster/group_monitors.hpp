#pragma once

#include "aiex/actors/cluster/group_messages.hpp"

#include <set>

namespace aiex {

/// On the side of who monitors: which of its monitors it still wants. OTP's pg:demonitor throws
/// away what is in the caller's mailbox; here what comes of a monitor that was ended is not wanted.
class group_monitors {
public:
  void begin(const group_ref& which) { wanted_.insert(which); }

  /// Beside `groups::demonitor`. False: there was none.
  bool end(const group_ref& which) { return wanted_.erase(which) > 0; }

  bool wants(const group_changed& change) const { return wanted_.contains(change.by); }

private:
  std::set<group_ref> wanted_;
};

} // namespace aiex
