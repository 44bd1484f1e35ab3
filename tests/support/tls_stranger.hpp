// A TLS client that shows what it likes, or nothing, and believes everybody. Straight on OpenSSL.
#pragma once

#include "aiex/actors/cluster/tls/authority.hpp"

#include "support/eventually.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>

namespace aiex::test {

struct stranger_wish {
  std::optional<issued_certificate> shown{}; ///< Nothing: none.
  int version_max = TLS1_3_VERSION;
};

/// On a connected socket that does not block. Blocks itself, up to `patience`.
class tls_stranger {
public:
  tls_stranger(int fd, const stranger_wish& wish) : fd_(fd) {
    SSL_CTX_set_max_proto_version(context_.get(), wish.version_max);
    if (wish.shown) {
      SSL_CTX_use_certificate(context_.get(), wish.shown->issued.get());
      SSL_CTX_use_PrivateKey(context_.get(), wish.shown->key.get());
    }
    session_.reset(SSL_new(context_.get()));
    SSL_set_fd(session_.get(), fd);
  }

  /// Our half of the handshake. The other side may still refuse what we have shown.
  bool shake_hands() {
    return call([this] { return SSL_connect(session_.get()); }, patience) > 0;
  }

  bool write(std::string_view bytes) {
    while (!bytes.empty()) {
      const int put = call(
        [&] { return SSL_write(session_.get(), bytes.data(), static_cast<int>(bytes.size())); },
        patience);
      if (put <= 0)
        return false;
      bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    return true;
  }

  /// How many; 0 at the end, nothing if the time is over.
  std::optional<std::size_t> read(char* buffer, int size, std::chrono::milliseconds limit) {
    const int got = call([&] { return SSL_read(session_.get(), buffer, size); }, limit);
    if (got == timed_out)
      return std::nullopt;
    return got > 0 ? static_cast<std::size_t>(got) : 0;
  }

private:
  static constexpr int timed_out = -100;

  template <class Call>
  int call(Call once, std::chrono::milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    for (;;) {
      ERR_clear_error();
      const int outcome = once();
      const int why = SSL_get_error(session_.get(), outcome);
      if (outcome > 0 || (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE))
        return outcome;
      const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
      pollfd event{fd_, static_cast<short>(why == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT), 0};
      if (left.count() <= 0 || ::poll(&event, 1, static_cast<int>(left.count())) <= 0)
        return timed_out;
    }
  }

  struct free_context {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  struct free_session {
    void operator()(SSL* session) const { SSL_free(session); }
  };

  int fd_;
  std::unique_ptr<SSL_CTX, free_context> context_{SSL_CTX_new(TLS_client_method())};
  std::unique_ptr<SSL, free_session> session_;
};

} // namespace aiex::test
