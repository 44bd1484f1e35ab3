// A peer that says what it likes, byte by byte: on plain TCP, or under TLS.
#pragma once

#include "aiex/actors/cluster/tcp.hpp"

#include "support/basp_bytes.hpp"
#include "support/eventually.hpp"
#include "support/tls_stranger.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace aiex::test {

class raw_peer {
public:
  explicit raw_peer(std::uint16_t port) : socket_(connected(port)) {}
  raw_peer(std::uint16_t port, const stranger_wish& wish)
      : socket_(connected(port)), tls_(std::in_place, socket_.fd(), wish),
        is_in_tls_(tls_->shake_hands()) {}

  /// Whether our half of the TLS handshake went well.
  bool is_in_tls() const { return is_in_tls_; }

  /// False if the other side takes no more.
  bool send(std::string_view bytes) {
    if (tls_)
      return tls_->write(bytes);
    while (!bytes.empty()) {
      pollfd event{socket_.fd(), POLLOUT, 0};
      if (::poll(&event, 1, 1'000) <= 0)
        return false;
      const auto sent = ::send(socket_.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0)
        return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// Reads until the bytes read so far contain `expected`. False if the end comes first.
  bool receives(std::string_view expected) {
    while (received_.find(expected) == std::string::npos)
      if (!read_some(patience))
        return false;
    return true;
  }

  /// Reads until the other side closes. False if it has not by then.
  bool is_closed_within(std::chrono::milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (!closed_ && std::chrono::steady_clock::now() < deadline)
      read_some(
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()));
    return closed_;
  }

  /// Shakes hands as the node of this name. The gateway's id is then known.
  bool shake_hands(const std::string& node) {
    if (!send(client_handshake(node).bytes()) || !receives("aiex/1"))
      return false;
    while (received_.size() < 32 + 32 + 8 + 8 + 1)
      if (!read_some(patience))
        return false;
    server_node = received_.substr(32, 32);
    gateway = basp::big_endian(std::string_view(received_).substr(32 + 32 + 8, 8));
    return send(client_handshake(node, true).bytes());
  }

  std::string server_node;
  std::uint64_t gateway = 0;
  const std::string& received() const { return received_; }

private:
  static tcp_socket connected(std::uint16_t port) {
    auto socket = connect_tcp({"127.0.0.1", port}, patience);
    if (!socket)
      throw std::runtime_error(socket.error().message);
    return std::move(*socket);
  }

  bool read_some(std::chrono::milliseconds limit) {
    if (tls_) {
      char bytes[4'096];
      const auto got = tls_->read(bytes, sizeof bytes, limit);
      closed_ = closed_ || got == std::size_t{0};
      received_.append(bytes, got.value_or(0));
      return got.value_or(0) > 0;
    }
    pollfd event{socket_.fd(), POLLIN, 0};
    if (::poll(&event, 1, static_cast<int>(limit.count())) <= 0)
      return false;
    char bytes[4'096];
    const auto got = ::recv(socket_.fd(), bytes, sizeof bytes, 0);
    if (got <= 0) {
      closed_ = true;
      return false;
    }
    received_.append(bytes, static_cast<std::size_t>(got));
    return true;
  }

  tcp_socket socket_;
  std::optional<tls_stranger> tls_;
  bool is_in_tls_ = false;
  std::string received_;
  bool closed_ = false;
};

} // namespace aiex::test
