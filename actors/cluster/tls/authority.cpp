#include "aiex/actors/cluster/tls/authority.hpp"

#include "aiex/actors/cluster/tls/internal/openssl.hpp"
#include "aiex/persistence/base/hex.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace aiex {

namespace {

using openssl::must;

constexpr long x509_version_3 = 2; // as it is written
constexpr long crl_version_2 = 1;
constexpr std::size_t serial_digits_max = 40; // 20 bytes, as RFC 5280 allows

openssl::asn1_time asn1_of(timestamp at) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
  openssl::asn1_time made{ASN1_TIME_set(nullptr, static_cast<std::time_t>(seconds))};
  must(made != nullptr, "authority: no time");
  return made;
}

/// 126 random bits with the highest one set: always 16 bytes, never negative.
void give_serial(X509* to) {
  const openssl::big_number number{BN_new()};
  must(number && BN_rand(number.get(), 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(to)) != nullptr,
    "authority: no serial");
}

void give_validity(X509* to, const validity& valid) {
  must(X509_set1_notBefore(to, asn1_of(valid.from).get()) == 1 &&
         X509_set1_notAfter(to, asn1_of(valid.until).get()) == 1,
    "authority: no validity");
}

void give_extension(X509* to, X509* issuer, int which, const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer, to, nullptr, nullptr, 0);
  const openssl::extension made{X509V3_EXT_conf_nid(nullptr, &context, which, value.c_str())};
  must(made && X509_add_ext(to, made.get(), -1) == 1, "authority: an extension is refused");
}

void give_subject(X509* to, const std::string& name, const std::string& unit) {
  X509_NAME* subject = X509_get_subject_name(to);
  const auto add = [subject](const char* field, const std::string& value) {
    must(X509_NAME_add_entry_by_txt(subject, field, MBSTRING_UTF8,
           reinterpret_cast<const unsigned char*>(value.data()), static_cast<int>(value.size()), -1,
           0) == 1,
      "authority: a name is refused");
  };
  add("O", "aiex");
  add("OU", unit);
  add("CN", name);
}

/// "1.2.840.10045…" is not for people; these are.
constexpr const char* authority_uses = "critical,keyCertSign,cRLSign";
constexpr const char* peer_uses = "critical,digitalSignature";

openssl::certificate begin(const validity& valid, evp_pkey_st* public_key) {
  openssl::certificate made{X509_new()};
  must(made && X509_set_version(made.get(), x509_version_3) == 1 &&
         X509_set_pubkey(made.get(), public_key) == 1,
    "authority: no certificate");
  give_serial(made.get());
  give_validity(made.get(), valid);
  return made;
}

void sign(X509* what, evp_pkey_st* with) {
  must(X509_sign(what, with, EVP_sha256()) > 0, "authority: cannot sign");
}

tl::unexpected<error> no_validity() {
  return fail(errc::invalid_argument,
    "a certificate must end after it begins, and not after its authority's own end; ask for "
    "fewer days, or renew the authority first");
}

result<void> check(const validity& valid, const certificate& authority) {
  const auto until = std::chrono::floor<std::chrono::seconds>(valid.until);
  if (valid.from >= until || until > authority.facts().not_after)
    return no_validity();
  return {};
}

bool is_serial(std::string_view text) {
  return !text.empty() && text.size() <= serial_digits_max &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isxdigit(c); });
}

openssl::asn1_integer integer_of(const std::string& serial) {
  BIGNUM* read = nullptr;
  BN_hex2bn(&read, serial.c_str());
  const openssl::big_number number{read};
  openssl::asn1_integer made{BN_to_ASN1_INTEGER(number.get(), nullptr)};
  must(made != nullptr, "authority: no serial");
  return made;
}

std::string serial_of(const ASN1_INTEGER* from) {
  const openssl::big_number number{ASN1_INTEGER_to_BN(from, nullptr)};
  must(number != nullptr, "authority: no serial");
  const openssl::text digits{BN_bn2hex(number.get())};
  std::string text{digits.get()};
  std::transform(text.begin(), text.end(), text.begin(),
    [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// Nothing: not a list, or not of this authority.
openssl::revocation_list list_of(std::string_view pem, const certificate& authority) {
  ERR_clear_error();
  const auto from = openssl::reading(pem);
  openssl::revocation_list read{PEM_read_bio_X509_CRL(from.get(), nullptr, nullptr, nullptr)};
  if (read && X509_CRL_verify(read.get(), X509_get0_pubkey(authority.get())) != 1)
    read.reset();
  ERR_clear_error();
  return read;
}

tl::unexpected<error> no_list() {
  return fail(errc::invalid_data, "holds no list of revoked certificates of this authority");
}

/// Numbered, dated and signed.
std::string finished(
  X509_CRL* list, long number, timestamp now, const certificate& authority, evp_pkey_st* key) {
  const openssl::asn1_integer count{ASN1_INTEGER_new()};
  must(count && ASN1_INTEGER_set(count.get(), number) == 1 &&
         X509_CRL_set1_lastUpdate(list, asn1_of(now).get()) == 1 &&
         X509_CRL_set1_nextUpdate(list, asn1_of(authority.facts().not_after).get()) == 1 &&
         X509_CRL_add1_ext_i2d(list, NID_crl_number, count.get(), 0, X509V3_ADD_REPLACE) == 1 &&
         X509_CRL_sort(list) == 1 && X509_CRL_sign(list, key, EVP_sha256()) > 0,
    "authority: no list");
  const openssl::bio memory{BIO_new(BIO_s_mem())};
  must(memory && PEM_write_bio_X509_CRL(memory.get(), list) == 1, "authority: no list in PEM");
  return openssl::text_of(memory.get());
}

long number_of(X509_CRL* list) {
  const openssl::asn1_integer number{
    static_cast<ASN1_INTEGER*>(X509_CRL_get_ext_d2i(list, NID_crl_number, nullptr, nullptr))};
  return number ? ASN1_INTEGER_get(number.get()) : 0;
}

/// With another serial, validity and key, and a new signature.
certificate renewed(const certificate& old, const validity& valid, evp_pkey_st* public_key,
  const certificate& authority, evp_pkey_st* with) {
  ERR_clear_error();
  const openssl::certificate made{X509_dup(old.get())};
  must(made && X509_set_pubkey(made.get(), public_key) == 1, "authority: no copy");
  give_serial(made.get());
  give_validity(made.get(), valid);
  const int at = X509_get_ext_by_NID(made.get(), NID_subject_key_identifier, -1);
  if (at >= 0)
    openssl::extension{X509_delete_ext(made.get(), at)}.reset();
  give_extension(made.get(), authority.get(), NID_subject_key_identifier, "hash");
  sign(made.get(), with);
  return certificate{made.get()};
}

std::string alternatives_of(const certificate_wish& wish) {
  std::string all = "URI:" + to_uri(wish.who);
  for (const std::string& each : wish.addresses)
    all += ",IP:" + each;
  return all;
}

bool is_address(const std::string& text) {
  const std::unique_ptr<ASN1_OCTET_STRING, openssl::freed_by<ASN1_OCTET_STRING_free>> read{
    a2i_IPADDRESS(text.c_str())};
  ERR_clear_error();
  return read != nullptr && text.find_first_not_of("0123456789abcdefABCDEF.:") == std::string::npos;
}

} // namespace

result<certificate_authority> certificate_authority::make(
  const std::string& name, const validity& valid) {
  if (!is_peer_name(name))
    return fail(errc::invalid_argument,
      "'" + name + "' is no name: letters, digits, '-', '_' and '.' only, at most 64");
  if (valid.from >= std::chrono::floor<std::chrono::seconds>(valid.until))
    return no_validity();
  ERR_clear_error();
  auto key = private_key::make();
  const auto made = begin(valid, key.get());
  give_subject(made.get(), name, "authority");
  must(X509_set_issuer_name(made.get(), X509_get_subject_name(made.get())) == 1,
    "authority: no issuer");
  give_extension(made.get(), made.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  give_extension(made.get(), made.get(), NID_key_usage, authority_uses);
  give_extension(made.get(), made.get(), NID_subject_key_identifier, "hash");
  sign(made.get(), key.get());
  return certificate_authority{certificate{made.get()}, std::move(key)};
}

result<certificate_authority> certificate_authority::of(certificate own, private_key key) {
  if (!own.facts().is_authority)
    return fail(errc::invalid_data, "is no authority's certificate");
  if (!own.matches(key.get()))
    return fail(errc::invalid_data, "is not the key of the authority's certificate");
  return certificate_authority{std::move(own), std::move(key)};
}

result<issued_certificate> certificate_authority::issue(const certificate_wish& wish) const {
  if (wish.who.kind == peer_kind::local || !is_peer_name(wish.who.name))
    return fail(errc::invalid_argument, "'" + wish.who.name +
                                          "' is no name: letters, digits, '-', '_' and '.' only, "
                                          "at most 64");
  if (wish.addresses.size() > certificate_addresses_max)
    return fail(errc::invalid_argument,
      "at most " + std::to_string(certificate_addresses_max) + " addresses fit in a certificate");
  for (const std::string& each : wish.addresses)
    if (!is_address(each))
      return fail(
        errc::invalid_argument, "'" + each + "' is no IP address; write for example 10.0.0.1");
  if (auto valid = check(wish.valid, own_); !valid)
    return tl::unexpected(std::move(valid.error()));
  ERR_clear_error();
  const bool is_node = wish.who.kind == peer_kind::node;
  auto key = private_key::make();
  const auto made = begin(wish.valid, key.get());
  give_subject(made.get(), wish.who.name, is_node ? "node" : "client");
  must(X509_set_issuer_name(made.get(), X509_get_subject_name(own_.get())) == 1,
    "authority: no issuer");
  give_extension(made.get(), own_.get(), NID_basic_constraints, "critical,CA:FALSE");
  give_extension(made.get(), own_.get(), NID_key_usage, peer_uses);
  give_extension(
    made.get(), own_.get(), NID_ext_key_usage, is_node ? "serverAuth,clientAuth" : "clientAuth");
  give_extension(made.get(), own_.get(), NID_subject_alt_name, alternatives_of(wish));
  give_extension(made.get(), own_.get(), NID_authority_key_identifier, "keyid:always");
  give_extension(made.get(), own_.get(), NID_subject_key_identifier, "hash");
  sign(made.get(), key_.get());
  return issued_certificate{certificate{made.get()}, std::move(key)};
}

result<certificate> certificate_authority::renew(
  const certificate& old, const validity& valid) const {
  if (!has_signed(old))
    return fail(errc::invalid_argument, "is no certificate of this authority");
  const bool is_own = old.facts().is_authority;
  if (is_own ? valid.from >= std::chrono::floor<std::chrono::seconds>(valid.until)
             : !check(valid, own_))
    return no_validity();
  return renewed(old, valid, X509_get0_pubkey(old.get()), own_, key_.get());
}

result<issued_certificate> certificate_authority::renew_with_key(
  const certificate& old, const validity& valid) const {
  if (!has_signed(old) || old.facts().is_authority)
    return fail(errc::invalid_argument, "is no node's or client's certificate of this authority");
  if (auto right = check(valid, own_); !right)
    return tl::unexpected(std::move(right.error()));
  auto key = private_key::make();
  auto made = renewed(old, valid, key.get(), own_, key_.get());
  return issued_certificate{std::move(made), std::move(key)};
}

bool certificate_authority::has_signed(const certificate& other) const {
  ERR_clear_error();
  const bool is_ours = X509_verify(other.get(), X509_get0_pubkey(own_.get())) == 1;
  ERR_clear_error();
  return is_ours;
}

std::string certificate_authority::empty_list(timestamp now) const {
  ERR_clear_error();
  const openssl::revocation_list list{X509_CRL_new()};
  must(list && X509_CRL_set_version(list.get(), crl_version_2) == 1 &&
         X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(own_.get())) == 1,
    "authority: no list");
  X509V3_CTX context{};
  X509V3_set_ctx(&context, own_.get(), nullptr, nullptr, list.get(), 0);
  const openssl::extension of_key{
    X509V3_EXT_conf_nid(nullptr, &context, NID_authority_key_identifier, "keyid:always")};
  must(of_key && X509_CRL_add_ext(list.get(), of_key.get(), -1) == 1, "authority: no list");
  return finished(list.get(), 1, now, own_, key_.get());
}

result<std::string> certificate_authority::revoke(
  std::string_view list, const std::string& serial, timestamp now) const {
  if (!is_serial(serial))
    return fail(errc::invalid_argument, "'" + serial + "' is no serial: 1 to " +
                                          std::to_string(serial_digits_max) +
                                          " hexadecimal digits");
  const auto open = list_of(list, own_);
  if (!open)
    return no_list();
  const auto number = integer_of(serial);
  X509_REVOKED* known = nullptr;
  if (X509_CRL_get0_by_serial(open.get(), &known, number.get()) == 1)
    return std::string{list};
  std::unique_ptr<X509_REVOKED, openssl::freed_by<X509_REVOKED_free>> entry{X509_REVOKED_new()};
  must(entry && X509_REVOKED_set_serialNumber(entry.get(), number.get()) == 1 &&
         X509_REVOKED_set_revocationDate(entry.get(), asn1_of(now).get()) == 1 &&
         X509_CRL_add0_revoked(open.get(), entry.get()) == 1,
    "authority: no entry");
  (void)entry.release(); // the list's now
  return finished(open.get(), number_of(open.get()) + 1, now, own_, key_.get());
}

result<std::vector<revoked_certificate>> certificate_authority::revoked(
  std::string_view list) const {
  const auto open = list_of(list, own_);
  if (!open)
    return no_list();
  std::vector<revoked_certificate> all;
  const STACK_OF(X509_REVOKED)* entries = X509_CRL_get_REVOKED(open.get());
  for (int i = 0; i < sk_X509_REVOKED_num(entries); ++i) {
    const X509_REVOKED* each = sk_X509_REVOKED_value(entries, i);
    std::tm parts{};
    must(ASN1_TIME_to_tm(X509_REVOKED_get0_revocationDate(each), &parts) == 1,
      "authority: an entry without a date");
    all.push_back({serial_of(X509_REVOKED_get0_serialNumber(each)),
      timestamp{std::chrono::seconds{::timegm(&parts)}}});
  }
  return all;
}

} // namespace aiex
