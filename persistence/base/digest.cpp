#include "aiex/persistence/base/digest.hpp"

#include "aiex/persistence/base/error.hpp"

#include <openssl/evp.h>

#include <algorithm>

namespace aiex {

struct sha256::context {
  std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> algorithm{
    EVP_MD_fetch(nullptr, "SHA256", nullptr), EVP_MD_free};
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> running{
    EVP_MD_CTX_new(), EVP_MD_CTX_free};

  void begin() {
    invariant(EVP_DigestInit_ex2(running.get(), algorithm.get(), nullptr) == 1,
      "OpenSSL could not begin a SHA-256 digest");
  }
};

sha256::sha256() : context_(std::make_unique<context>()) {
  invariant(context_->algorithm != nullptr && context_->running != nullptr,
    "OpenSSL has no SHA-256 digest");
  context_->begin();
}

sha256::~sha256() = default;
sha256::sha256(sha256&&) noexcept = default;
sha256& sha256::operator=(sha256&&) noexcept = default;

void sha256::update(std::string_view bytes) {
  invariant(EVP_DigestUpdate(context_->running.get(), bytes.data(), bytes.size()) == 1,
    "OpenSSL could not go on with a SHA-256 digest");
}

void sha256::update_u64(std::uint64_t value) {
  std::array<char, 8> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<char>((value >> (8 * i)) & 0xff);
  update({bytes.data(), bytes.size()});
}

digest sha256::finish() {
  digest made{};
  invariant(EVP_DigestFinal_ex(context_->running.get(), made.data(), nullptr) == 1,
    "OpenSSL could not end a SHA-256 digest");
  context_->begin();
  return made;
}

digest digest_from_bytes(std::string_view bytes) noexcept {
  digest made{};
  std::copy_n(bytes.begin(), made.size(), made.begin());
  return made;
}

std::optional<digest> digest_from_hex(std::string_view text) noexcept {
  digest made{};
  if (!from_hex(text, made))
    return std::nullopt;
  return made;
}

} // namespace aiex
