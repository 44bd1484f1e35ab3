#include "aiex/actors/cluster/tls/certificate.hpp"

#include "aiex/actors/cluster/tls/internal/openssl.hpp"
#include "aiex/persistence/base/hex.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <ctime>

namespace aiex {

namespace {

/// A key with a passphrase is not asked for one: nobody sits at a node.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

timestamp time_of(const ASN1_TIME* written) {
  std::tm parts{};
  if (written == nullptr || ASN1_TIME_to_tm(written, &parts) != 1)
    return {};
  return timestamp{std::chrono::seconds{::timegm(&parts)}};
}

std::string common_name(const X509_NAME* of) {
  const int at = X509_NAME_get_index_by_NID(of, NID_commonName, -1);
  if (at < 0)
    return {};
  unsigned char* bytes = nullptr;
  const int count =
    ASN1_STRING_to_UTF8(&bytes, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(of, at)));
  const openssl::text owner{reinterpret_cast<char*>(bytes)};
  return count < 0 ? std::string{} : std::string(owner.get(), static_cast<std::size_t>(count));
}

std::string serial_of(const X509* from) {
  const openssl::big_number number{ASN1_INTEGER_to_BN(X509_get0_serialNumber(from), nullptr)};
  openssl::must(number != nullptr, "certificate: no serial");
  const openssl::text digits{BN_bn2hex(number.get())};
  std::string serial{digits.get()};
  std::transform(serial.begin(), serial.end(), serial.begin(),
    [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return serial;
}

std::string_view view_of(const ASN1_STRING* bytes) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(bytes)),
    static_cast<std::size_t>(ASN1_STRING_length(bytes))};
}

/// "10.0.0.1", "fd00:0:0:0:0:0:0:1"; empty for what is neither IPv4 nor IPv6.
std::string address_of(const ASN1_OCTET_STRING* bytes) {
  const std::string_view all = view_of(bytes);
  std::string text;
  const auto byte = [&all](std::size_t at) { return static_cast<unsigned char>(all[at]); };
  if (all.size() == 4)
    for (std::size_t i = 0; i < 4; ++i)
      text += (i == 0 ? "" : ".") + std::to_string(byte(i));
  if (all.size() != 16)
    return text;
  constexpr std::string_view digits = "0123456789abcdef";
  for (std::size_t i = 0; i < 16; i += 2) {
    const unsigned group = byte(i) * 256U + byte(i + 1);
    text += i == 0 ? "" : ":";
    for (int shift = 12; shift >= 0; shift -= 4)
      if (shift == 0 || group >> shift != 0)
        text += digits[(group >> shift) & 15U];
  }
  return text;
}

/// Two identities in one certificate are none: whoever reads it might take the other one.
void add_names(const X509* from, certificate_facts& into) {
  const openssl::names all{
    static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(from, NID_subject_alt_name, nullptr, nullptr))};
  int identities = 0;
  for (int i = 0; i < sk_GENERAL_NAME_num(all.get()); ++i) {
    const GENERAL_NAME* each = sk_GENERAL_NAME_value(all.get(), i);
    if (each->type == GEN_IPADD)
      into.addresses.push_back(address_of(each->d.iPAddress));
    else if (each->type == GEN_URI &&
             view_of(each->d.uniformResourceIdentifier).starts_with(identity_scheme)) {
      ++identities;
      into.who = identity_of_uri(view_of(each->d.uniformResourceIdentifier));
    }
  }
  if (identities > 1)
    into.who.reset();
}

certificate_facts facts_of(X509* from) {
  certificate_facts facts;
  facts.is_authority = X509_check_ca(from) == 1;
  facts.subject = common_name(X509_get_subject_name(from));
  facts.issuer = common_name(X509_get_issuer_name(from));
  facts.serial = serial_of(from);
  facts.not_before = time_of(X509_get0_notBefore(from));
  facts.not_after = time_of(X509_get0_notAfter(from));
  if (!facts.is_authority)
    add_names(from, facts);
  std::array<std::uint8_t, 32> fingerprint{};
  openssl::must(
    X509_digest(from, EVP_sha256(), fingerprint.data(), nullptr) == 1, "certificate: no digest");
  facts.fingerprint = to_hex(fingerprint);
  return facts;
}

} // namespace

certificate::certificate(x509_st* shared) {
  openssl::must(X509_up_ref(shared) == 1, "certificate: no reference");
  handle_.reset(shared, X509_free);
  ERR_clear_error();
  facts_ = std::make_shared<const certificate_facts>(facts_of(shared));
  ERR_clear_error();
}

result<certificate> certificate::parse(std::string_view pem) {
  ERR_clear_error();
  const auto from = openssl::reading(pem);
  const openssl::certificate read{PEM_read_bio_X509(from.get(), nullptr, no_passphrase, nullptr)};
  ERR_clear_error();
  if (!read)
    return fail(errc::invalid_data, "holds no certificate in PEM");
  return certificate{read.get()};
}

std::string certificate::to_pem() const {
  ERR_clear_error();
  const openssl::bio memory{BIO_new(BIO_s_mem())};
  openssl::must(memory && PEM_write_bio_X509(memory.get(), handle_.get()) == 1, "certificate: PEM");
  return openssl::text_of(memory.get());
}

bool certificate::matches(evp_pkey_st* key) const {
  ERR_clear_error();
  const bool is_its = X509_check_private_key(handle_.get(), key) == 1;
  ERR_clear_error();
  return is_its;
}

result<private_key> private_key::parse(std::string_view pem) {
  ERR_clear_error();
  const auto from = openssl::reading(pem);
  openssl::key read{PEM_read_bio_PrivateKey(from.get(), nullptr, no_passphrase, nullptr)};
  ERR_clear_error();
  if (!read)
    return fail(errc::invalid_data, "holds no private key in PEM without a passphrase");
  return private_key{std::shared_ptr<evp_pkey_st>{read.release(), EVP_PKEY_free}};
}

private_key private_key::make() {
  ERR_clear_error();
  openssl::key made{EVP_EC_gen("P-256")};
  openssl::must(made != nullptr, "private_key: OpenSSL makes none");
  return private_key{std::shared_ptr<evp_pkey_st>{made.release(), EVP_PKEY_free}};
}

std::string private_key::to_pem() const {
  ERR_clear_error();
  const openssl::bio memory{BIO_new(BIO_s_secmem())};
  openssl::must(memory && PEM_write_bio_PKCS8PrivateKey(memory.get(), handle_.get(), nullptr,
                            nullptr, 0, nullptr, nullptr) == 1,
    "private_key: PEM");
  return openssl::text_of(memory.get());
}

} // namespace aiex
