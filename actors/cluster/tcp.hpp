// TCP sockets that never block for longer than told.
#pragma once

#include "aiex/actors/cluster/endpoint.hpp"

#include <chrono>

namespace aiex {

/// A socket, closed when this goes unless it was handed on. Thread: one at a time.
class tcp_socket {
public:
  explicit tcp_socket(int fd) noexcept : fd_(fd) {}
  tcp_socket(tcp_socket&& other) noexcept : fd_(other.release()) {}
  tcp_socket& operator=(tcp_socket&& other) noexcept;
  ~tcp_socket();

  int fd() const noexcept { return fd_; }
  int release() noexcept;

private:
  int fd_;
};

/// A socket that listens, non-blocking, with SO_REUSEADDR so that a node can come back at once.
/// Errors: invalid_argument (no such address here) | in_use | denied (ports below 1024) | io.
result<tcp_socket> listen_tcp(const endpoint& where);

/// A connected socket, non-blocking, within `deadline` whatever the other side does.
/// Errors: invalid_argument | unreachable | time_out | io.
result<tcp_socket> connect_tcp(const endpoint& where, std::chrono::milliseconds deadline);

/// The port a socket is bound to.
result<std::uint16_t> local_port(const tcp_socket& socket);

/// Sends small frames at once, and lets the system give up on a peer that takes no byte for so
/// long, which also frees what CAF still wants to send to it when the process ends.
void tune_tcp(int fd, std::chrono::milliseconds unread_max) noexcept;

} // namespace aiex
