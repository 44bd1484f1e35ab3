// Two connected sockets that do not block.
#pragma once

#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

namespace aiex::test {

class socket_pair {
public:
  socket_pair() {
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends_) != 0)
      throw std::runtime_error("no pair of sockets");
  }
  ~socket_pair() {
    close_left();
    ::close(ends_[1]);
  }
  socket_pair(const socket_pair&) = delete;
  socket_pair& operator=(const socket_pair&) = delete;

  int left() const { return ends_[0]; }
  int right() const { return ends_[1]; }
  void close_left() {
    if (ends_[0] >= 0)
      ::close(ends_[0]);
    ends_[0] = -1;
  }

private:
  int ends_[2] = {-1, -1};
};

} // namespace aiex::test
