#include "aiex/cert_folder.hpp"

#include "aiex/actors/cluster/tls/pem_file.hpp"
#include "aiex/actors/cluster/tls/verification.hpp"
#include "aiex/persistence/base/file_write.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <cctype>
#include <system_error>

namespace aiex::tool {

namespace {

namespace fs = std::filesystem;

constexpr const char* authority_name = "ca.crt";

/// "FILE holds no certificate in PEM".
tl::unexpected<error> named(const fs::path& file, error why) {
  if (why.code == errc::invalid_data || why.code == errc::invalid_argument)
    why.message = file.string() + " " + why.message;
  return tl::unexpected(std::move(why));
}

result<file_descriptor> lock(const fs::path& folder) {
  file_descriptor open{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!open.is_open() && errno == ENOENT)
    return fail(errc::not_found, "there is no folder " + folder.string() +
                                   "; \"aiex cert ca\" makes one, --dir names another");
  if (!open.is_open())
    return file_refused("cannot open", folder);
  if (::flock(open.number(), LOCK_EX | LOCK_NB) != 0)
    return fail(errc::in_use, "another aiex works in " + folder.string() + "; wait for its end");
  return open;
}

validity valid_for(std::chrono::days length, timestamp now) {
  return {now - clock_skew, now + length};
}

tl::unexpected<error> told_of_yes(error why) {
  if (why.code == errc::already_exists)
    why.message += ". With --yes it is replaced";
  return tl::unexpected(std::move(why));
}

/// Both or none, as far as can be: nothing is written if the key may not be.
result<void> write_pair(
  const fs::path& file, const certificate& what, const private_key& key, bool replaces) {
  if (!replaces && fs::exists(file))
    return told_of_yes({errc::already_exists, "there is a " + file.string() + " already"});
  if (auto written = write_pem_file(key_beside(file), key.to_pem(), pem_secrecy::secret, replaces);
      !written)
    return told_of_yes(std::move(written.error()));
  return write_pem_file(file, what.to_pem(), pem_secrecy::open, replaces);
}

bool is_serial(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                            [](unsigned char c) { return std::isxdigit(c) != 0; });
}

std::string_view words_of(link_breach judged) {
  switch (judged) {
  case link_breach::none: return "valid";
  case link_breach::certificate_expired: return "expired";
  case link_breach::certificate_not_yet_valid: return "not yet valid";
  case link_breach::certificate_revoked: return "revoked";
  default: return "untrusted";
  }
}

} // namespace

fs::path key_beside(const fs::path& certificate_file) {
  return fs::path{certificate_file}.replace_extension(".key");
}

result<certificate> read_certificate(const fs::path& file) {
  const auto pem = read_pem_file(file);
  if (!pem)
    return tl::unexpected(pem.error());
  auto read = certificate::parse(*pem);
  if (!read)
    return named(file, std::move(read.error()));
  return read;
}

result<cert_folder> cert_folder::make(fs::path folder, const std::string& name,
  std::chrono::days length, bool replaces, timestamp now) {
  std::error_code problem;
  fs::create_directories(folder, problem);
  if (problem)
    return fail(errc::io, "cannot make " + folder.string() + ": " + problem.message());
  auto locked = lock(folder);
  if (!locked)
    return tl::unexpected(std::move(locked.error()));
  auto made = certificate_authority::make(name, valid_for(length, now));
  if (!made)
    return tl::unexpected(std::move(made.error()));
  if (auto written = write_pair(folder / authority_name, made->own(), made->key(), replaces);
      !written)
    return tl::unexpected(std::move(written.error()));
  if (auto written =
        write_pem_file(folder / "ca.crl", made->empty_list(now), pem_secrecy::open, true);
      !written)
    return tl::unexpected(std::move(written.error()));
  return cert_folder{std::move(folder), std::move(*locked), std::move(*made)};
}

result<cert_folder> cert_folder::open(fs::path folder) {
  auto locked = lock(folder);
  if (!locked)
    return tl::unexpected(std::move(locked.error()));
  auto own = read_certificate(folder / authority_name);
  if (!own && own.error().code == errc::not_found)
    return fail(errc::not_found, "there is no authority in " + folder.string() +
                                   "; \"aiex cert ca\" makes one, --dir names another folder");
  if (!own)
    return tl::unexpected(std::move(own.error()));
  const auto pem = read_key_file(folder / "ca.key");
  if (!pem)
    return tl::unexpected(pem.error());
  auto key = private_key::parse(*pem);
  if (!key)
    return named(folder / "ca.key", std::move(key.error()));
  auto opened = certificate_authority::of(std::move(*own), std::move(*key));
  if (!opened)
    return named(folder / "ca.key", std::move(opened.error()));
  return cert_folder{std::move(folder), std::move(*locked), std::move(*opened)};
}

result<kept_certificate> cert_folder::issue(const certificate_wish& wish, bool replaces) {
  auto made = authority_.issue(wish);
  if (!made)
    return tl::unexpected(std::move(made.error()));
  const std::string kind = wish.who.kind == peer_kind::node ? "node-" : "client-";
  fs::path file = folder_ / (kind + wish.who.name + ".crt");
  if (auto written = write_pair(file, made->issued, made->key, replaces); !written)
    return tl::unexpected(std::move(written.error()));
  if (auto kept = remember(made->issued); !kept)
    return tl::unexpected(std::move(kept.error()));
  return with_status(std::move(made->issued), std::move(file));
}

result<kept_certificate> cert_folder::renew(
  const fs::path& file, std::optional<std::chrono::days> length, bool has_new_key, timestamp now) {
  const auto old = read_certificate(file);
  if (!old)
    return tl::unexpected(old.error());
  const auto lasted = old->facts().not_after - old->facts().not_before;
  const validity valid =
    length ? valid_for(*length, now) : validity{now - clock_skew, now - clock_skew + lasted};
  std::optional<certificate> renewed;
  if (has_new_key) {
    auto made = authority_.renew_with_key(*old, valid);
    if (!made)
      return named(file, std::move(made.error()));
    if (auto written = write_pair(file, made->issued, made->key, true); !written)
      return tl::unexpected(std::move(written.error()));
    renewed = std::move(made->issued);
  } else {
    auto made = authority_.renew(*old, valid);
    if (!made)
      return named(file, std::move(made.error()));
    if (auto written = write_pem_file(file, made->to_pem(), pem_secrecy::open, true); !written)
      return tl::unexpected(std::move(written.error()));
    renewed = std::move(*made);
  }
  if (renewed->facts().is_authority)
    return kept_certificate{*renewed, file, "valid"};
  if (auto kept = remember(*renewed); !kept)
    return tl::unexpected(std::move(kept.error()));
  return with_status(std::move(*renewed), file);
}

result<kept_certificate> cert_folder::revoke(const std::string& file_or_serial, timestamp now) {
  const bool is_by_serial = is_serial(file_or_serial) && !fs::exists(file_or_serial);
  std::string serial = file_or_serial;
  std::transform(serial.begin(), serial.end(), serial.begin(),
    [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const fs::path file = is_by_serial ? issued_file(serial) : fs::path{file_or_serial};
  auto what = read_certificate(file);
  if (!what && is_by_serial && what.error().code == errc::not_found)
    return fail(errc::not_found, "no certificate with the serial " + serial + " was made in " +
                                   folder_.string() + "; \"aiex cert show\" lists them");
  if (!what)
    return tl::unexpected(std::move(what.error()));
  if (what->facts().is_authority || !authority_.has_signed(*what))
    return fail(errc::invalid_argument, file.string() +
                                          " is no node's or client's certificate of the authority "
                                          "in " +
                                          folder_.string());
  const auto before = read_pem_file(list_file());
  if (!before)
    return tl::unexpected(before.error());
  const auto after = authority_.revoke(*before, what->facts().serial, now);
  if (!after)
    return named(list_file(), after.error());
  if (after->size() > pem_bytes_max)
    return fail(errc::store_full, list_file().string() + " is full with " +
                                    std::to_string(pem_bytes_max) +
                                    " bytes; make a new authority, and certificates of it");
  if (auto written = write_pem_file(list_file(), *after, pem_secrecy::open, true); !written)
    return tl::unexpected(std::move(written.error()));
  return with_status(std::move(*what), file);
}

result<void> cert_folder::remember(const certificate& made) const {
  std::error_code problem;
  fs::create_directories(folder_ / "issued", problem);
  if (problem)
    return fail(
      errc::io, "cannot make " + (folder_ / "issued").string() + ": " + problem.message());
  return write_pem_file(issued_file(made.facts().serial), made.to_pem(), pem_secrecy::open, true);
}

fs::path cert_folder::issued_file(const std::string& serial) const {
  return folder_ / "issued" / (serial + ".crt");
}

result<std::string> cert_folder::status_of(const certificate& what) const {
  if (what.facts().is_authority)
    return std::string{words_of(
      authority_.has_signed(what) ? link_breach::none : link_breach::certificate_untrusted)};
  const auto list = read_pem_file(list_file());
  if (!list)
    return tl::unexpected(list.error());
  const auto trusted = trust::of(authority_.own(), *list);
  if (!trusted)
    return named(list_file(), trusted.error());
  return std::string{words_of(trusted->judge(what))};
}

result<kept_certificate> cert_folder::with_status(certificate what, fs::path file) const {
  auto status = status_of(what);
  if (!status)
    return tl::unexpected(std::move(status.error()));
  return kept_certificate{std::move(what), std::move(file), std::move(*status)};
}

result<kept_certificate> cert_folder::own() const {
  return with_status(authority_.own(), folder_ / authority_name);
}

result<kept_certificate> cert_folder::look_at(const fs::path& file) const {
  auto read = read_certificate(file);
  if (!read)
    return tl::unexpected(std::move(read.error()));
  return with_status(std::move(*read), file);
}

result<std::vector<kept_certificate>> cert_folder::all() const {
  std::vector<kept_certificate> kept;
  std::error_code problem; // none were made
  for (const auto& entry : fs::directory_iterator{folder_ / "issued", problem}) {
    if (entry.path().extension() != ".crt")
      continue;
    auto each = look_at(entry.path());
    if (!each)
      return tl::unexpected(std::move(each.error()));
    kept.push_back(std::move(*each));
  }
  std::sort(kept.begin(), kept.end(), [](const auto& left, const auto& right) {
    const auto& a = left.what.facts();
    const auto& b = right.what.facts();
    return std::tie(a.not_before, a.serial) < std::tie(b.not_before, b.serial);
  });
  return kept;
}

} // namespace aiex::tool
