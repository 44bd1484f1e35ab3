// TLS on one socket: the handshake, then bytes in and out. Never blocks.
#pragma once

#include "aiex/actors/cluster/link_breach.hpp"
#include "aiex/actors/cluster/tls/certificate.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

// OpenSSL's, whose headers stay out of ours.
struct ssl_st;

namespace aiex {

enum class tls_progress : std::uint8_t {
  done,  ///< `bytes` were moved; or the handshake is complete.
  later, ///< When the socket has bytes, or has room if `wants_room`.
  ended, ///< The other side has closed, or the system has.
  broken ///< `why` says which rule.
};

struct tls_step {
  tls_progress what = tls_progress::later;
  std::size_t bytes = 0;
  link_breach why = link_breach::none;
  bool wants_room = false;
};

/// Thread: one at a time. Made by `tls_credentials`.
class tls_channel {
public:
  /// Looks at a certificate of the other side once more, as things are now.
  using judge = std::function<link_breach(const certificate&)>;

  /// `session` has its socket, which stays somebody else's, and its side.
  tls_channel(std::shared_ptr<ssl_st> session, judge judged);

  /// Goes on with the handshake. Afterwards `peer()` is who the other side is.
  tls_step shake_hands();
  bool is_ready() const noexcept { return peer_.has_value(); }

  /// Both also go on with a handshake that is not complete: later.
  tls_step receive(char* buffer, std::size_t size);
  tls_step send(const char* buffer, std::size_t size);

  /// Decrypted bytes that wait here while the socket may be quiet.
  std::size_t held() const noexcept;

  /// Precondition of both: ready.
  const peer_identity& peer() const { return *peer_->facts().who; }
  const certificate& shown() const { return *peer_; }

  /// Of the shown certificate, as things are now.
  link_breach judged_again() const { return judge_(*peer_); }

private:
  tls_step step_of(int outcome);
  link_breach breach_of_errors() const;

  std::shared_ptr<ssl_st> session_;
  judge judge_;
  std::optional<certificate> peer_;
};

} // namespace aiex
