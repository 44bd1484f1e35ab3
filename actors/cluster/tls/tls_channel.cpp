#include "aiex/actors/cluster/tls/tls_channel.hpp"

#include "aiex/actors/cluster/tls/internal/openssl.hpp"
#include "aiex/actors/cluster/tls/verification.hpp"

#include <utility>

namespace aiex {

namespace {

/// The other side's words about our certificate: alerts 42 to 46, 48, 49 and 116 of RFC 8446.
bool is_about_our_certificate(int alert) noexcept {
  switch (alert) {
  case SSL_AD_BAD_CERTIFICATE:
  case SSL_AD_UNSUPPORTED_CERTIFICATE:
  case SSL_AD_CERTIFICATE_REVOKED:
  case SSL_AD_CERTIFICATE_EXPIRED:
  case SSL_AD_CERTIFICATE_UNKNOWN:
  case SSL_AD_UNKNOWN_CA:
  case SSL_AD_ACCESS_DENIED:
  case SSL_AD_CERTIFICATE_REQUIRED: return true;
  default: return false;
  }
}

} // namespace

tls_channel::tls_channel(std::shared_ptr<ssl_st> session, judge judged)
    : session_(std::move(session)), judge_(std::move(judged)) {}

tls_step tls_channel::shake_hands() {
  if (is_ready())
    return {tls_progress::done};
  ERR_clear_error();
  const auto step = step_of(SSL_do_handshake(session_.get()));
  if (step.what != tls_progress::done)
    return step;
  const openssl::certificate shown{SSL_get1_peer_certificate(session_.get())};
  if (!shown)
    return {tls_progress::broken, 0, link_breach::certificate_missing};
  certificate read{shown.get()};
  if (!read.facts().who)
    return {tls_progress::broken, 0, link_breach::certificate_foreign};
  peer_ = std::move(read);
  return {tls_progress::done};
}

tls_step tls_channel::receive(char* buffer, std::size_t size) {
  if (const auto step = shake_hands(); step.what != tls_progress::done)
    return step;
  ERR_clear_error();
  std::size_t bytes = 0;
  auto step = step_of(SSL_read_ex(session_.get(), buffer, size, &bytes));
  step.bytes = bytes;
  return step;
}

tls_step tls_channel::send(const char* buffer, std::size_t size) {
  if (const auto step = shake_hands(); step.what != tls_progress::done)
    return step;
  if (size == 0)
    return {tls_progress::done};
  ERR_clear_error();
  std::size_t bytes = 0;
  auto step = step_of(SSL_write_ex(session_.get(), buffer, size, &bytes));
  step.bytes = bytes;
  return step;
}

std::size_t tls_channel::held() const noexcept {
  return static_cast<std::size_t>(SSL_pending(session_.get()));
}

/// What became of the call just made. Leaves no error behind.
tls_step tls_channel::step_of(int outcome) {
  if (outcome == 1)
    return {tls_progress::done};
  const int how = SSL_get_error(session_.get(), outcome);
  tls_step step;
  switch (how) {
  case SSL_ERROR_WANT_READ: break;
  case SSL_ERROR_WANT_WRITE: step.wants_room = true; break;
  case SSL_ERROR_SSL: step = {tls_progress::broken, 0, breach_of_errors()}; break;
  default: step.what = tls_progress::ended;
  }
  ERR_clear_error();
  return step;
}

link_breach tls_channel::breach_of_errors() const {
  const auto first = ERR_peek_error();
  if (ERR_GET_LIB(first) != ERR_LIB_SSL)
    return link_breach::tls_failed;
  const int reason = ERR_GET_REASON(first);
  switch (reason) {
  case SSL_R_WRONG_VERSION_NUMBER:
  case SSL_R_HTTP_REQUEST:
  case SSL_R_HTTPS_PROXY_REQUEST: return link_breach::not_tls;
  case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: return link_breach::certificate_missing;
  case SSL_R_CERTIFICATE_VERIFY_FAILED:
    return breach_of_verification(SSL_get_verify_result(session_.get()));
  default:
    return reason >= SSL_AD_REASON_OFFSET && is_about_our_certificate(reason - SSL_AD_REASON_OFFSET)
             ? link_breach::refused_us
             : link_breach::tls_failed;
  }
}

} // namespace aiex
