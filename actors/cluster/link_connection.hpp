// One TCP connection of the link: the guard before CAF, and the hand that can close it.
#pragma once

#include "aiex/actors/cluster/frame_guard.hpp"
#include "aiex/actors/cluster/link_admission.hpp"
#include "aiex/actors/cluster/link_book.hpp"

#include <caf/io/network/rw_state.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>

namespace aiex {

/// Shared by CAF's stream, which reads and writes through it, and by who may have to close it.
/// Plain TCP; TLS takes the place of `receive` and `send`.
class link_connection : public closable_link {
public:
  /// `fd` belongs to CAF's stream, which calls `ended()` before it closes it.
  link_connection(int fd, link_id id, link_rules rules, std::shared_ptr<link_book> book);

  link_connection(const link_connection&) = delete;
  link_connection& operator=(const link_connection&) = delete;

  /// Reads what the guard lets through, at most `capacity` bytes; 0 if there is nothing now.
  /// Failure closes: the other side did, the system did, or a rule was broken. CAF's thread.
  caf::io::network::rw_state read(char* buffer, std::size_t capacity, std::size_t& bytes);

  /// Writes what the socket takes, at most `size` bytes. CAF's thread.
  caf::io::network::rw_state write(const char* buffer, std::size_t size, std::size_t& bytes);

  /// CAF notices at its next turn and tells all who monitor an actor behind it.
  void abort(link_breach breach) override;

  /// Also if it is one already. Plain TCP is loopback's, where nobody has to prove anything.
  result<void> trust_as_node(std::string_view name) override;
  bool is_of_node() const noexcept override { return is_node_; }

  /// CAF has let go of the socket. CAF's thread.
  void ended();

  /// Why we closed it; `none` while it is open or if the other side closed it. Any thread.
  link_breach breach() const noexcept { return breach_.load(); }

  link_id id() const noexcept { return id_; }

private:
  caf::io::network::rw_state read_held(char* buffer, std::size_t capacity, std::size_t& bytes);
  bool judge(std::string_view bytes, guard_verdict& verdict);
  bool admit();

  std::mutex fd_lock_;
  int fd_; // -1 after ended(); guarded by fd_lock_
  const link_id id_;
  std::atomic<link_breach> breach_ = link_breach::none;
  std::atomic<bool> is_node_;

  // CAF's thread only
  frame_guard guard_;
  std::shared_ptr<link_book> book_;
  bool admitted_ = false;
};

/// How `stream_impl` of CAF talks to a connection.
class link_policy {
public:
  explicit link_policy(std::shared_ptr<link_connection> connection)
      : connection_(std::move(connection)) {}
  ~link_policy() { connection_->ended(); }
  link_policy(const link_policy&) = delete;
  link_policy& operator=(const link_policy&) = delete;

  caf::io::network::rw_state read_some(std::size_t& bytes, int, void* buffer, std::size_t size) {
    return connection_->read(static_cast<char*>(buffer), size, bytes);
  }
  caf::io::network::rw_state write_some(
    std::size_t& bytes, int, const void* buffer, std::size_t size) {
    return connection_->write(static_cast<const char*>(buffer), size, bytes);
  }
  /// Nothing is kept back between two turns, so the socket itself wakes us.
  static constexpr bool must_read_more(int, std::size_t) { return false; }

private:
  std::shared_ptr<link_connection> connection_;
};

} // namespace aiex
