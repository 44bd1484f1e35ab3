#pragma once

#include <mutex>
#include <string>
#include <utility>

namespace aiex {

/// Where a node can be reached, known as soon as it listens: the port it was asked for may be
/// "any". Thread: any.
class node_address {
public:
  void set_listen(std::string where) {
    const std::lock_guard guard{lock_};
    listen_ = std::move(where);
  }
  void set_http(std::string where) {
    const std::lock_guard guard{lock_};
    http_ = std::move(where);
  }
  std::string listen() const {
    const std::lock_guard guard{lock_};
    return listen_;
  }
  /// "off" without.
  std::string http() const {
    const std::lock_guard guard{lock_};
    return http_;
  }

private:
  mutable std::mutex lock_; // guards all below
  std::string listen_ = "not yet";
  std::string http_ = "off";
};

} // namespace aiex
