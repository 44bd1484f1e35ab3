#pragma once

#include "aiex/actors/cluster/link_breach.hpp"

namespace aiex {

/// What the book closes: a connection.
class closable_link {
public:
  virtual ~closable_link() = default;

  /// Closes the connection for this breach; the first one counts. Any thread.
  virtual void abort(link_breach breach) = 0;
};

} // namespace aiex
