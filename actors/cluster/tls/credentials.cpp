#include "aiex/actors/cluster/tls/credentials.hpp"

#include "aiex/actors/cluster/tls/internal/openssl.hpp"
#include "aiex/actors/cluster/tls/pem_file.hpp"
#include "aiex/actors/cluster/tls/verification.hpp"

#include <sys/stat.h>

#include <algorithm>

namespace aiex {

/// All that belongs together, never changed: links keep what they began with.
struct tls_credentials::loaded {
  certificate own;
  trust trusted;
  openssl::context context;
};

namespace {

using openssl::must;

tl::unexpected<error> named(const std::string& file, error why) {
  if (why.code == errc::invalid_data) // says only what is wrong
    why.message = file + " " + why.message;
  return tl::unexpected(std::move(why));
}

template <class Value>
result<Value> parsed(
  const std::string& file, result<std::string> (*read)(const std::filesystem::path&)) {
  auto text = read(file);
  if (!text)
    return named(file, std::move(text.error()));
  auto value = Value::parse(*text);
  if (!value)
    return named(file, std::move(value.error()));
  return value;
}

/// Why our own certificate is of no use.
tl::unexpected<error> not_believed(
  const std::string& file, const certificate_facts& own, link_breach why) {
  switch (why) {
  case link_breach::certificate_expired:
    return fail(errc::denied,
      file + " has expired on " + to_string(own.not_after) + "; renew it with \"aiex cert renew\"");
  case link_breach::certificate_not_yet_valid:
    return fail(errc::denied, file + " is valid from " + to_string(own.not_before) +
                                " on only; wait, or look at this machine's clock");
  case link_breach::certificate_revoked:
    return fail(errc::denied, file + " has been revoked; make another with \"aiex cert\"");
  default:
    return fail(errc::denied,
      file + " is not signed by the given authority; give the one that has signed it");
  }
}

openssl::context make_context(
  const certificate& own, const private_key& key, const trust& trusted) {
  openssl::context made{SSL_CTX_new(TLS_method())};
  must(made != nullptr, "tls_credentials: no context");
  SSL_CTX* context = made.get();
  must(SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1 &&
         SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1 &&
         SSL_CTX_use_certificate(context, own.get()) == 1 &&
         SSL_CTX_use_PrivateKey(context, key.get()) == 1 &&
         SSL_CTX_set_num_tickets(context, 0) == 1 && SSL_CTX_set_max_early_data(context, 0) == 1,
    "tls_credentials: a setting is refused");
  SSL_CTX_set_options(
    context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(context,
    SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_max_cert_list(context, shown_bytes_max);
  SSL_CTX_set1_cert_store(context, trusted.store());
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_verify_depth(context, 0); // the authority signs all itself
  return made;
}

} // namespace

result<std::shared_ptr<const tls_credentials::loaded>> tls_credentials::load_all(
  const tls_files& files) {
  auto own = parsed<certificate>(files.certificate, read_pem_file);
  if (!own)
    return tl::unexpected(std::move(own.error()));
  const auto key = parsed<private_key>(files.key, read_key_file);
  if (!key)
    return tl::unexpected(key.error());
  const auto authority = parsed<certificate>(files.authority, read_pem_file);
  if (!authority)
    return tl::unexpected(authority.error());
  std::optional<std::string> list;
  if (!files.revocations.empty()) {
    auto text = read_pem_file(files.revocations);
    if (!text)
      return tl::unexpected(std::move(text.error()));
    list = std::move(*text);
  }
  if (!authority->facts().is_authority)
    return named(files.authority, {errc::invalid_data, "is no authority's certificate"});
  auto trusted = trust::of(*authority, list);
  if (!trusted)
    return named(files.revocations, std::move(trusted.error()));
  if (!own->matches(key->get()))
    return named(files.key, {errc::invalid_data, "is not the key of " + files.certificate});
  if (!own->facts().who)
    return named(
      files.certificate, {errc::invalid_data, "is neither a node's nor a client's certificate"});
  if (const auto why = trusted->judge(*own); why != link_breach::none)
    return not_believed(files.certificate, own->facts(), why);
  auto context = make_context(*own, *key, *trusted);
  return std::make_shared<const loaded>(
    loaded{std::move(*own), std::move(*trusted), std::move(context)});
}

result<std::shared_ptr<tls_credentials>> tls_credentials::load(tls_files files) {
  std::shared_ptr<tls_credentials> made{new tls_credentials{std::move(files)}};
  made->seen_ = made->signs_now(); // before it is read: what changes meanwhile is seen later
  ERR_clear_error();
  auto all = load_all(made->files_);
  ERR_clear_error();
  if (!all)
    return tl::unexpected(std::move(all.error()));
  made->loaded_ = std::move(*all);
  return made;
}

result<bool> tls_credentials::look() {
  const auto now = signs_now();
  {
    const std::lock_guard lock(lock_);
    if (now == seen_)
      return false;
    seen_ = now;
  }
  ERR_clear_error();
  auto all = load_all(files_);
  ERR_clear_error();
  if (!all)
    return tl::unexpected(std::move(all.error()));
  const std::lock_guard lock(lock_);
  if ((*all)->own.facts().who != loaded_->own.facts().who)
    return fail(errc::denied, files_.certificate +
                                " is somebody else's now: " + to_string(*(*all)->own.facts().who) +
                                "; start again to become that one");
  loaded_ = std::move(*all);
  ++loads_;
  return true;
}

std::uint64_t tls_credentials::loads() const {
  const std::lock_guard lock(lock_);
  return loads_;
}

/// What tells a changed file: where it lies, its size, and when it was changed, twice.
tls_credentials::signs tls_credentials::signs_now() const {
  signs all{};
  std::size_t at = 0;
  for (const std::string* file :
    {&files_.certificate, &files_.key, &files_.authority, &files_.revocations}) {
    struct stat found {};
    if (!file->empty() && ::stat(file->c_str(), &found) == 0) {
      constexpr std::int64_t second = 1'000'000'000;
      all[at] = static_cast<std::int64_t>(found.st_ino);
      all[at + 1] = found.st_size;
      all[at + 2] = found.st_mtim.tv_sec * second + found.st_mtim.tv_nsec;
      all[at + 3] = found.st_ctim.tv_sec * second + found.st_ctim.tv_nsec;
    }
    at += 4;
  }
  return all;
}

std::shared_ptr<const tls_credentials::loaded> tls_credentials::current() const {
  const std::lock_guard lock(lock_);
  return loaded_;
}

certificate_facts tls_credentials::own() const {
  return current()->own.facts();
}

link_breach tls_credentials::judge(const certificate& other) const {
  return current()->trusted.judge(other);
}

std::unique_ptr<tls_channel> tls_credentials::channel(int fd, bool accepts) const {
  ERR_clear_error();
  const auto now = current();
  openssl::session made{SSL_new(now->context.get())};
  must(made && SSL_set_fd(made.get(), fd) == 1, "tls_credentials: no session");
  if (accepts)
    SSL_set_accept_state(made.get());
  else
    SSL_set_connect_state(made.get());
  return std::make_unique<tls_channel>(std::shared_ptr<ssl_st>{made.release(), SSL_free},
    [self = shared_from_this()](const certificate& other) { return self->judge(other); });
}

std::unique_ptr<tls_channel> tls_credentials::accept(int fd) const {
  return channel(fd, true);
}

std::unique_ptr<tls_channel> tls_credentials::dial(int fd) const {
  return channel(fd, false);
}

} // namespace aiex
