// OpenSSL's headers, and its objects as values that free themselves. Nothing else of ours includes
// them, but for the digests of persistence.
//
// Errors: OpenSSL keeps them in a queue of the thread. What is left there makes the next call of a
// healthy connection look like a failure, so each group of calls begins with an empty one.
#pragma once

#include "aiex/persistence/base/error.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>
#include <string_view>

namespace aiex::openssl {

template <auto Free>
struct freed_by {
  template <class Object>
  void operator()(Object* object) const noexcept {
    Free(object);
  }
};

struct free_openssl_memory {
  void operator()(void* memory) const noexcept { OPENSSL_free(memory); }
};

using asn1_integer = std::unique_ptr<ASN1_INTEGER, freed_by<ASN1_INTEGER_free>>;
using asn1_time = std::unique_ptr<ASN1_TIME, freed_by<ASN1_TIME_free>>;
using big_number = std::unique_ptr<BIGNUM, freed_by<BN_free>>;
using bio = std::unique_ptr<BIO, freed_by<BIO_free>>;
using certificate = std::unique_ptr<X509, freed_by<X509_free>>;
using context = std::unique_ptr<SSL_CTX, freed_by<SSL_CTX_free>>;
using extension = std::unique_ptr<X509_EXTENSION, freed_by<X509_EXTENSION_free>>;
using key = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using names = std::unique_ptr<GENERAL_NAMES, freed_by<GENERAL_NAMES_free>>;
using revocation_list = std::unique_ptr<X509_CRL, freed_by<X509_CRL_free>>;
using session = std::unique_ptr<SSL, freed_by<SSL_free>>;
using store = std::unique_ptr<X509_STORE, freed_by<X509_STORE_free>>;
using store_context = std::unique_ptr<X509_STORE_CTX, freed_by<X509_STORE_CTX_free>>;
using text = std::unique_ptr<char, free_openssl_memory>;

/// OpenSSL refused what cannot be refused, but for want of memory.
inline void must(bool done, const char* what) {
  invariant(done, what);
}

/// What a memory BIO holds.
inline std::string text_of(BIO* memory) {
  char* bytes = nullptr;
  const long count = BIO_get_mem_data(memory, &bytes);
  return count <= 0 ? std::string{} : std::string(bytes, static_cast<std::size_t>(count));
}

/// Reads from `bytes`, which must live as long.
inline bio reading(std::string_view bytes) {
  return bio{BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size()))};
}

} // namespace aiex::openssl
