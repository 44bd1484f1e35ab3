// Tested by tests/actors/cluster/link_test.cpp
#include "aiex/actors/cluster/tcp.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

namespace aiex {

namespace {

constexpr int backlog = 128; // connections the system keeps while CAF is busy
constexpr std::chrono::milliseconds poll_turn_max{60'000}; // poll counts in int

struct socket_address {
  sockaddr_storage storage{};
  socklen_t size = 0;

  int family() const { return storage.ss_family; }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

std::optional<socket_address> resolve(const endpoint& where) {
  socket_address result;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&result.storage);
  if (::inet_pton(AF_INET, where.address.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(where.port);
    result.size = sizeof(sockaddr_in);
    return result;
  }
  result = {};
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&result.storage);
  if (::inet_pton(AF_INET6, where.address.c_str(), &v6->sin6_addr) != 1)
    return std::nullopt;
  v6->sin6_family = AF_INET6;
  v6->sin6_port = htons(where.port);
  result.size = sizeof(sockaddr_in6);
  return result;
}

auto no_address(const endpoint& where) {
  return fail(errc::invalid_argument,
    "'" + where.address + "' is no IP address; write for example 127.0.0.1");
}

tcp_socket open_socket(int family) {
  return tcp_socket(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

auto cannot_listen(const endpoint& where, int problem) {
  const std::string words = "cannot listen on " + to_string(where) + ": " + std::strerror(problem);
  switch (problem) {
  case EADDRINUSE:
    return fail(errc::in_use, words + ". Stop the other process or choose another port.");
  case EADDRNOTAVAIL:
    return fail(errc::invalid_argument, words + ". Choose an address of this machine.");
  case EACCES: return fail(errc::denied, words + ". Choose a port above 1023.");
  default: return fail(errc::io, words);
  }
}

auto cannot_connect(const endpoint& where, int problem) {
  const std::string words = "no connection to " + to_string(where) + ": " + std::strerror(problem);
  switch (problem) {
  case ECONNREFUSED: return fail(errc::unreachable, words + ". Is a node running there?");
  case ETIMEDOUT: return fail(errc::time_out, words);
  case ENETUNREACH:
  case EHOSTUNREACH:
  case ECONNRESET: return fail(errc::unreachable, words);
  default: return fail(errc::io, words);
  }
}

/// 0 once connected, else what went wrong; ETIMEDOUT at the deadline.
int await_connection(int fd, std::chrono::steady_clock::time_point deadline) {
  for (;;) {
    const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0)
      return ETIMEDOUT;
    pollfd event{fd, POLLOUT, 0};
    const int ready = ::poll(&event, 1, static_cast<int>(std::min(left, poll_turn_max).count()));
    if (ready < 0 && errno != EINTR)
      return errno;
    if (ready > 0)
      break;
  }
  int problem = 0;
  socklen_t size = sizeof problem;
  return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &problem, &size) == 0 ? problem : errno;
}

} // namespace

tcp_socket& tcp_socket::operator=(tcp_socket&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

tcp_socket::~tcp_socket() {
  if (fd_ >= 0)
    ::close(fd_);
}

int tcp_socket::release() noexcept {
  return std::exchange(fd_, -1);
}

result<tcp_socket> listen_tcp(const endpoint& where) {
  const auto address = resolve(where);
  if (!address)
    return no_address(where);
  auto socket = open_socket(address->family());
  const int on = 1;
  if (socket.fd() < 0 || ::setsockopt(socket.fd(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      ::bind(socket.fd(), address->get(), address->size) != 0 ||
      ::listen(socket.fd(), backlog) != 0)
    return cannot_listen(where, errno);
  return socket;
}

result<tcp_socket> connect_tcp(const endpoint& where, std::chrono::milliseconds deadline) {
  const auto give_up_at = std::chrono::steady_clock::now() + deadline;
  const auto address = resolve(where);
  if (!address)
    return no_address(where);
  auto socket = open_socket(address->family());
  if (socket.fd() < 0)
    return cannot_connect(where, errno);
  if (::connect(socket.fd(), address->get(), address->size) == 0)
    return socket;
  if (errno != EINPROGRESS && errno != EINTR)
    return cannot_connect(where, errno);
  if (const int problem = await_connection(socket.fd(), give_up_at); problem != 0)
    return cannot_connect(where, problem);
  return socket;
}

result<std::uint16_t> local_port(const tcp_socket& socket) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (::getsockname(socket.fd(), reinterpret_cast<sockaddr*>(&storage), &size) != 0)
    return fail(errc::io, std::string("getsockname: ") + std::strerror(errno));
  return ntohs(storage.ss_family == AF_INET6
                 ? reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_port
                 : reinterpret_cast<const sockaddr_in*>(&storage)->sin_port);
}

void tune_tcp(int fd, std::chrono::milliseconds unread_max) noexcept {
  const int on = 1;
  const auto unread_ms = static_cast<unsigned>(unread_max.count());
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unread_ms, sizeof unread_ms);
}

} // namespace aiex
