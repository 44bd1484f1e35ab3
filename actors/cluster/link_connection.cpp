// Tested by tests/actors/cluster/link_doorman_test.cpp
#include "aiex/actors/cluster/link_connection.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace aiex {

namespace {

using caf::io::network::rw_state;

/// What one call of the system did: bytes, none for now, or the end.
struct transfer {
  rw_state state;
  std::size_t bytes;
};

transfer transferred(ssize_t outcome, bool zero_is_end) {
  if (outcome > 0)
    return {rw_state::success, static_cast<std::size_t>(outcome)};
  if (outcome == 0)
    return {zero_is_end ? rw_state::failure : rw_state::success, 0};
  const bool later = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
  return {later ? rw_state::success : rw_state::failure, 0};
}

transfer receive(int fd, char* buffer, std::size_t size) {
  return transferred(::recv(fd, buffer, size, 0), true);
}

transfer send(int fd, const char* buffer, std::size_t size) {
  return transferred(::send(fd, buffer, size, MSG_NOSIGNAL), false);
}

} // namespace

link_connection::link_connection(
  int fd, link_id id, link_rules rules, std::shared_ptr<link_book> book)
    : fd_(fd), id_(id), is_node_(rules.trust == link_trust::node), guard_(std::move(rules)),
      book_(std::move(book)) {}

rw_state link_connection::read(char* buffer, std::size_t capacity, std::size_t& bytes) {
  bytes = 0;
  if (breach() != link_breach::none)
    return rw_state::failure;
  if (!guard_.passing())
    return read_held(buffer, capacity, bytes);

  const auto got = receive(fd_, buffer, std::min(capacity, guard_.wanted()));
  if (got.state != rw_state::success || got.bytes == 0)
    return got.state;
  guard_verdict verdict{};
  if (!judge({buffer, got.bytes}, verdict))
    return rw_state::failure;
  bytes = got.bytes;
  return rw_state::success;
}

/// Headers, and what is swallowed: CAF sees a header when it is complete and allowed, not before.
rw_state link_connection::read_held(char* buffer, std::size_t capacity, std::size_t& bytes) {
  std::array<char, basp::spawn_server_question.size()> held; // the largest part that is held
  for (;;) {
    const auto got = receive(fd_, held.data(), std::min(held.size(), guard_.wanted()));
    if (got.state != rw_state::success || got.bytes == 0)
      return got.state;
    guard_verdict verdict{};
    if (!judge({held.data(), got.bytes}, verdict))
      return rw_state::failure;
    if (verdict == guard_verdict::pass_header) {
      invariant(capacity >= basp::header_bytes, "link_connection: CAF does not await a header");
      std::memcpy(buffer, guard_.header().data(), basp::header_bytes);
      bytes = basp::header_bytes;
      return rw_state::success;
    }
  }
}

/// False closes: the guard refused the bytes, or the book refused the node they name.
bool link_connection::judge(std::string_view bytes, guard_verdict& verdict) {
  if (is_node_)
    guard_.trust_as_node();
  verdict = guard_.feed(bytes);
  if (verdict == guard_verdict::close) {
    abort(guard_.breach());
    return false;
  }
  return admitted_ || !guard_.peer() || admit();
}

bool link_connection::admit() {
  switch (book_->shook_hands(id_, *guard_.peer())) {
  case link_admission::handshake::welcome: admitted_ = true; return true;
  case link_admission::handshake::node_taken: abort(link_breach::node_taken); return false;
  case link_admission::handshake::too_many_links: abort(link_breach::too_many_links); return false;
  }
  return false;
}

rw_state link_connection::write(const char* buffer, std::size_t size, std::size_t& bytes) {
  bytes = 0;
  if (breach() != link_breach::none)
    return rw_state::failure;
  const auto put = send(fd_, buffer, size);
  bytes = put.bytes;
  return put.state;
}

void link_connection::abort(link_breach breach) {
  auto none = link_breach::none;
  if (!breach_.compare_exchange_strong(none, breach))
    return;
  const std::lock_guard lock(fd_lock_);
  if (fd_ >= 0)
    ::shutdown(fd_, SHUT_RDWR); // wakes CAF, which then closes it
}

result<void> link_connection::trust_as_node(std::string_view) {
  is_node_ = true;
  return {};
}

void link_connection::ended() {
  {
    const std::lock_guard lock(fd_lock_);
    fd_ = -1;
  }
  book_->closed(id_);
}

} // namespace aiex
