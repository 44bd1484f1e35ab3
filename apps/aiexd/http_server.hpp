// /health and /metrics, for probes and Prometheus.
#pragma once

#include "aiex/actors/cluster/endpoint.hpp"
#include "aiex/persistence/base/error.hpp"

#include <functional>
#include <memory>
#include <string>

namespace aiex {

/// What is answered; called on the server's threads.
struct http_pages {
  std::function<std::string()> health;  ///< JSON.
  std::function<bool()> is_healthy;     ///< Else the status is 503.
  std::function<std::string()> metrics; ///< Prometheus' text format.
};

/// Serves from its making until it goes.
class http_server {
public:
  /// Port 0 lets the system choose. Errors: in_use.
  static result<http_server> start(const endpoint& where, http_pages pages);

  http_server(http_server&&) noexcept;
  http_server& operator=(http_server&&) noexcept;
  ~http_server();

  const endpoint& where() const noexcept;

private:
  struct parts;
  explicit http_server(std::unique_ptr<parts> running);
  std::unique_ptr<parts> parts_;
};

} // namespace aiex
