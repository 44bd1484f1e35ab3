// One connection of the link: TLS if there are certificates, the guard before CAF, and the hand
// that can close it.
#pragma once

#include "aiex/actors/cluster/frame_guard.hpp"
#include "aiex/actors/cluster/link_admission.hpp"
#include "aiex/actors/cluster/link_book.hpp"
#include "aiex/actors/cluster/tls/tls_channel.hpp"

#include <caf/io/network/rw_state.hpp>

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

namespace aiex {

/// Shared by CAF's stream, which reads and writes through it, and by who may have to close it.
class link_connection : public closable_link, public std::enable_shared_from_this<link_connection> {
public:
  /// `fd` belongs to CAF's stream, which calls `ended()` before it closes it. Without `tls` plain
  /// TCP.
  link_connection(int fd, link_id id, link_rules rules, std::shared_ptr<link_book> book,
    std::unique_ptr<tls_channel> tls = {});

  link_connection(const link_connection&) = delete;
  link_connection& operator=(const link_connection&) = delete;

  /// Reads what the guard lets through, at most `capacity` bytes; 0 if there is nothing now.
  /// Failure closes: the other side did, the system did, or a rule was broken. CAF's thread.
  caf::io::network::rw_state read(char* buffer, std::size_t capacity, std::size_t& bytes);

  /// Writes what the socket takes, at most `size` bytes. CAF's thread.
  caf::io::network::rw_state write(const char* buffer, std::size_t size, std::size_t& bytes);

  /// Whether it takes bytes. While the TLS handshake lasts it does not: CAF would try again and
  /// again, as the socket has room. CAF's thread.
  bool is_ready() const noexcept { return !tls_ || tls_->is_ready(); }

  /// Called once, from `read`, when it has become ready. CAF's thread.
  void when_ready(std::function<void()> then) { then_ = std::move(then); }

  /// Whether bytes wait here that no event of the socket will announce. CAF's thread.
  bool holds_bytes() const noexcept { return tls_ && tls_->is_ready() && tls_->held() > 0; }

  /// CAF notices at its next turn and tells all who monitor an actor behind it.
  void abort(link_breach breach) override;

  /// Also if it is one already. With certificates it has to be a node's, of this name; plain TCP is
  /// loopback's, where nobody has to prove anything.
  result<void> trust_as_node(std::string_view name) override;
  bool is_of_node() const noexcept override { return is_node_; }

  /// CAF has let go of the socket. CAF's thread.
  void ended();

  /// Why we closed it; `none` while it is open or if the other side closed it. Any thread.
  link_breach breach() const noexcept { return breach_.load(); }

  link_id id() const noexcept { return id_; }

private:
  struct transfer {
    caf::io::network::rw_state state;
    std::size_t bytes;
  };
  transfer receive(char* buffer, std::size_t size);
  transfer send(const char* buffer, std::size_t size);
  transfer transferred(const tls_step& step);
  void look_for_tls(std::string_view first);

  caf::io::network::rw_state read_held(char* buffer, std::size_t capacity, std::size_t& bytes);
  bool judge(std::string_view bytes, guard_verdict& verdict);
  bool admit();

  std::mutex fd_lock_;
  int fd_;                              // -1 after ended(); guarded by fd_lock_
  std::optional<peer_identity> proved_; // once admitted, with certificates; guarded by fd_lock_
  const link_id id_;
  std::atomic<link_breach> breach_ = link_breach::none;
  std::atomic<bool> is_node_;
  const bool has_tls_;

  // CAF's thread only
  std::unique_ptr<tls_channel> tls_;
  std::function<void()> then_;
  frame_guard guard_;
  std::shared_ptr<link_book> book_;
  bool has_begun_ = false;
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
  /// What TLS has decrypted already is read in this turn: the socket does not wake us for it.
  bool must_read_more(int, std::size_t) { return connection_->holds_bytes(); }

private:
  std::shared_ptr<link_connection> connection_;
};

} // namespace aiex
