// Tested by tests/actors/cluster/link_connection_test.cpp
#include "aiex/actors/cluster/link_connection.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace aiex {

namespace {

using caf::io::network::rw_state;

constexpr char tls_alert = 21; // how TLS begins an answer it does not like
constexpr char tls_handshake = 22;
constexpr char tls_version = 3; // the second byte of both

/// What OpenSSL does not say to who begins without TLS: a fatal alert, protocol_version.
constexpr std::string_view wants_tls{"\x15\x03\x03\x00\x02\x02\x46", 7};

/// What one call of the system did: bytes, none for now (nothing of it), or the end.
rw_state state_of(ssize_t outcome, bool zero_is_end) {
  if (outcome > 0 || (outcome == 0 && !zero_is_end))
    return rw_state::success;
  const bool later = outcome < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
  return later ? rw_state::success : rw_state::failure;
}

} // namespace

link_connection::link_connection(int fd, link_id id, link_rules rules,
  std::shared_ptr<link_book> book, std::unique_ptr<tls_channel> tls)
    : fd_(fd), id_(id), is_node_(rules.trust == link_trust::node), has_tls_(tls != nullptr),
      tls_(std::move(tls)), guard_(std::move(rules)), book_(std::move(book)) {}

link_connection::transfer link_connection::receive(char* buffer, std::size_t size) {
  if (!tls_) {
    const auto got = ::recv(fd_, buffer, size, 0);
    return {state_of(got, true), static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
  }
  const bool was_ready = tls_->is_ready();
  const auto got = transferred(tls_->receive(buffer, size));
  if (!was_ready && tls_->is_ready() && then_)
    std::exchange(then_, {})();
  return got;
}

link_connection::transfer link_connection::send(const char* buffer, std::size_t size) {
  if (!tls_) {
    const auto put = ::send(fd_, buffer, size, MSG_NOSIGNAL);
    return {state_of(put, false), static_cast<std::size_t>(std::max<ssize_t>(put, 0))};
  }
  const auto step = tls_->send(buffer, size);
  if (step.what == tls_progress::ended) { // it may have said why
    char last = 0;
    transferred(tls_->receive(&last, 1));
  }
  return transferred(step);
}

link_connection::transfer link_connection::transferred(const tls_step& step) {
  if (step.what == tls_progress::broken && step.why == link_breach::not_tls)
    ::send(fd_, wants_tls.data(), wants_tls.size(), MSG_NOSIGNAL); // as far as it goes
  if (step.what == tls_progress::broken)
    abort(step.why);
  const bool goes_on = step.what == tls_progress::done || step.what == tls_progress::later;
  return {goes_on ? rw_state::success : rw_state::failure, step.bytes};
}

/// One side with certificates and one without: the first bytes tell.
void link_connection::look_for_tls(std::string_view first) {
  if (std::exchange(has_begun_, true) || tls_ || first.size() < 2 || first[1] != tls_version)
    return;
  if (first[0] == tls_handshake)
    abort(link_breach::tls_at_plain_port);
  else if (first[0] == tls_alert)
    abort(link_breach::tls_expected);
}

rw_state link_connection::read(char* buffer, std::size_t capacity, std::size_t& bytes) {
  bytes = 0;
  if (breach() != link_breach::none)
    return rw_state::failure;
  if (!guard_.passing())
    return read_held(buffer, capacity, bytes);

  const auto got = receive(buffer, std::min(capacity, guard_.wanted()));
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
    const auto got = receive(held.data(), std::min(held.size(), guard_.wanted()));
    if (got.state != rw_state::success || got.bytes == 0)
      return got.state;
    look_for_tls({held.data(), got.bytes});
    if (breach() != link_breach::none)
      return rw_state::failure;
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
  case link_admission::handshake::welcome: admitted_ = true; break;
  case link_admission::handshake::node_taken: abort(link_breach::node_taken); return false;
  case link_admission::handshake::too_many_links: abort(link_breach::too_many_links); return false;
  }
  if (!admitted_ || !tls_)
    return admitted_;
  {
    const std::lock_guard lock(fd_lock_);
    proved_ = tls_->peer();
  }
  book_->peers().add(*guard_.peer(), {id_, tls_->shown(), weak_from_this()});
  // Once it is known it is judged with all others; what was learnt before that is looked at here.
  if (const auto breach = tls_->judged_again(); breach != link_breach::none)
    abort(breach);
  return this->breach() == link_breach::none;
}

rw_state link_connection::write(const char* buffer, std::size_t size, std::size_t& bytes) {
  bytes = 0;
  if (breach() != link_breach::none)
    return rw_state::failure;
  const auto put = send(buffer, size);
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

result<void> link_connection::trust_as_node(std::string_view name) {
  if (has_tls_) {
    const std::lock_guard lock(fd_lock_);
    if (!proved_ || proved_->kind != peer_kind::node || proved_->name != name)
      return fail(errc::denied, "says that it is the node " + std::string{name} +
                                  ", but its certificate is that of " +
                                  (proved_ ? to_string(*proved_) : "nobody"));
  }
  is_node_ = true;
  return {};
}

void link_connection::ended() {
  {
    const std::lock_guard lock(fd_lock_);
    fd_ = -1;
  }
  book_->closed(id_, breach());
}

} // namespace aiex
