#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace aiex {

/// Where a node can be reached, known as soon as it listens: the port it was asked for may be
/// "any". Thread: any.
class node_address {
public:
  static constexpr std::string_view not_yet = "not yet";

  void set_listen(std::string where) {
    const std::lock_guard guard{lock_};
    listen_ = std::move(where);
  }
  void set_http(std::string where) {
    const std::lock_guard guard{lock_};
    http_ = std::move(where);
  }
  /// Where others reach it, if not where it listens.
  void set_advertised(std::string where) {
    const std::lock_guard guard{lock_};
    advertised_ = std::move(where);
  }
  std::string reached_at() const {
    const std::lock_guard guard{lock_};
    return advertised_.empty() || listen_ == not_yet ? listen_ : advertised_;
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
  std::string listen_{not_yet};
  std::string advertised_;
  std::string http_ = "off";
};

} // namespace aiex
