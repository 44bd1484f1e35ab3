// Who is at the other end of each link that certificates protect.
#pragma once

#include "aiex/actors/cluster/basp_wire.hpp"
#include "aiex/actors/cluster/closable_link.hpp"
#include "aiex/actors/cluster/link_admission.hpp"
#include "aiex/actors/cluster/link_breach.hpp"
#include "aiex/actors/cluster/tls/certificate.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

namespace aiex {

/// A link whose two handshakes are complete. Thread: any.
class link_peers {
public:
  struct known {
    link_id link = 0;
    certificate shown;
    std::weak_ptr<closable_link> connection;
  };

  void add(const basp::node_id& node, known peer);
  void remove(link_id id);

  /// Who the node with this id has proved to be; nothing if there is no such link.
  std::optional<peer_identity> who(const basp::node_id& node) const;

  /// Closes the links whose certificates are not believed any more.
  void judge_all(const std::function<link_breach(const certificate&)>& judge);

  std::size_t size() const;

private:
  mutable std::mutex lock_; // guards all below; never held while a connection is closed
  std::map<basp::node_id, known> all_;
};

} // namespace aiex
