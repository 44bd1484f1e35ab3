#pragma once

#include "aiex/actors/cluster/link_breach.hpp"
#include "aiex/persistence/base/error.hpp"

#include <string_view>

namespace aiex {

/// What the book closes and raises: a connection.
class closable_link {
public:
  virtual ~closable_link() = default;

  /// Closes the connection for this breach; the first one counts. Any thread.
  virtual void abort(link_breach breach) = 0;

  /// The other side is the node of this name: from its next frame on it may what a node may. Any
  /// thread. Errors: denied (it cannot prove that it is).
  virtual result<void> trust_as_node(std::string_view name) = 0;

  /// Any thread.
  virtual bool is_of_node() const noexcept = 0;
};

} // namespace aiex
