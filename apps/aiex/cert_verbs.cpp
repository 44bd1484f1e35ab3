#include "aiex/cert_verbs.hpp"

#include "aiex/cert_folder.hpp"
#include "aiex/rendering.hpp"

#include <nlohmann/json.hpp>

#include <charconv>
#include <chrono>

namespace aiex::tool {

namespace {

using json = nlohmann::ordered_json;
using std::chrono::days;

constexpr days authority_days{3'650};
constexpr days certificate_days{365};
constexpr int days_max = 36'500;

timestamp now() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

/// Nothing if nothing is said.
result<std::optional<days>> days_of(const invocation& wish) {
  const std::string text = wish.value("--days");
  if (text.empty())
    return std::nullopt;
  int count = 0;
  const char* end = text.data() + text.size();
  if (std::from_chars(text.data(), end, count).ptr != end || count < 1 || count > days_max)
    return fail(errc::invalid_argument,
      "--days takes 1 to " + std::to_string(days_max) + ", not \"" + text + "\"");
  return days{count};
}

json to_json(const kept_certificate& kept) {
  const certificate_facts& facts = kept.what.facts();
  json object{{"kind", facts.is_authority                   ? "authority"
                       : !facts.who                         ? "other"
                       : facts.who->kind == peer_kind::node ? "node"
                                                            : "client"},
    {"name", facts.who ? facts.who->name : facts.subject}};
  if (facts.who && facts.who->kind == peer_kind::client)
    object["role"] = name(facts.who->role);
  object["status"] = kept.status;
  object["serial"] = facts.serial;
  object["not_before"] = to_string(facts.not_before);
  object["not_after"] = to_string(facts.not_after);
  if (!facts.addresses.empty())
    object["addresses"] = facts.addresses;
  object["issuer"] = facts.issuer;
  object["fingerprint"] = facts.fingerprint;
  object["certificate"] = kept.file.string();
  return object;
}

json with_key(const kept_certificate& kept) {
  json object = to_json(kept);
  object["key"] = key_beside(kept.file).string();
  return object;
}

std::filesystem::path folder_of(const invocation& wish) {
  const std::string said = wish.value("--dir");
  return said.empty() ? "certs" : said;
}

result<json> make_authority(const invocation& wish) {
  const auto length = days_of(wish);
  if (!length)
    return tl::unexpected(length.error());
  const std::string said = wish.value("--name");
  const auto made = cert_folder::make(folder_of(wish), said.empty() ? "aiex" : said,
    length->value_or(authority_days), wish.has("--yes"), now());
  if (!made)
    return tl::unexpected(made.error());
  const auto own = made->own();
  if (!own)
    return tl::unexpected(own.error());
  json object = with_key(*own);
  object["revocations"] = made->list_file().string();
  return object;
}

result<peer_identity> identity_of(const invocation& wish) {
  if (wish.what->words == "cert node")
    return peer_identity{peer_kind::node, wish.value("NAME")};
  const auto role = role_named(wish.value("--role"));
  if (role)
    return peer_identity{peer_kind::client, wish.value("NAME"), *role};
  std::string all;
  for (const caller_role each : all_roles())
    all += (all.empty() ? "" : ", ") + std::string{name(each)};
  return fail(errc::invalid_argument,
    "--role takes one of " + all + ", not \"" + wish.value("--role") + "\"");
}

result<json> make_certificate(const invocation& wish) {
  auto who = identity_of(wish);
  if (!who)
    return tl::unexpected(std::move(who.error()));
  const auto length = days_of(wish);
  if (!length)
    return tl::unexpected(length.error());
  auto folder = cert_folder::open(folder_of(wish));
  if (!folder)
    return tl::unexpected(std::move(folder.error()));
  const auto addresses = wish.values.find("--address");
  const auto at = now();
  const auto made =
    folder->issue({std::move(*who),
                    addresses == wish.values.end() ? std::vector<std::string>{} : addresses->second,
                    {at - clock_skew, at + length->value_or(certificate_days)}},
      wish.has("--yes"));
  if (!made)
    return tl::unexpected(made.error());
  return with_key(*made);
}

result<json> renew(const invocation& wish) {
  const auto length = days_of(wish);
  if (!length)
    return tl::unexpected(length.error());
  if (wish.has("--new-key") && !wish.has("--yes"))
    return fail(errc::invalid_argument,
      "--new-key replaces the key beside the certificate, so it wants --yes");
  auto folder = cert_folder::open(folder_of(wish));
  if (!folder)
    return tl::unexpected(std::move(folder.error()));
  const auto renewed = folder->renew(wish.value("FILE"), *length, wish.has("--new-key"), now());
  if (!renewed)
    return tl::unexpected(renewed.error());
  return wish.has("--new-key") ? with_key(*renewed) : to_json(*renewed);
}

result<json> revoke(const invocation& wish) {
  auto folder = cert_folder::open(folder_of(wish));
  if (!folder)
    return tl::unexpected(std::move(folder.error()));
  const auto revoked = folder->revoke(wish.value("FILE|SERIAL"), now());
  if (!revoked)
    return tl::unexpected(revoked.error());
  json object = to_json(*revoked);
  object["revocations"] = folder->list_file().string();
  return object;
}

/// One as an object, all as lines.
result<std::vector<json>> show(const invocation& wish) {
  auto folder = cert_folder::open(folder_of(wish));
  if (!folder)
    return tl::unexpected(std::move(folder.error()));
  std::vector<json> shown;
  if (wish.has("FILE")) {
    const auto one = folder->look_at(wish.value("FILE"));
    if (!one)
      return tl::unexpected(one.error());
    return std::vector{to_json(*one)};
  }
  const auto own = folder->own();
  if (!own)
    return tl::unexpected(own.error());
  shown.push_back(to_json(*own));
  const auto all = folder->all();
  if (!all)
    return tl::unexpected(all.error());
  for (const kept_certificate& each : *all)
    shown.push_back(to_json(each));
  return shown;
}

result<std::vector<json>> answer_of(const invocation& wish) {
  const std::string_view words = wish.what->words;
  if (words == "cert show")
    return show(wish);
  auto one = words == "cert ca"       ? make_authority(wish)
             : words == "cert renew"  ? renew(wish)
             : words == "cert revoke" ? revoke(wish)
                                      : make_certificate(wish);
  if (!one)
    return tl::unexpected(std::move(one.error()));
  return std::vector{std::move(*one)};
}

} // namespace

bool is_cert_verb(const invocation& wish) {
  return wish.what != nullptr && wish.what->words.starts_with("cert ");
}

result<void> run_cert_verb(const invocation& wish, const run_context& context) {
  auto answer = answer_of(wish);
  if (!answer)
    return tl::unexpected(answer.error());
  const bool is_list = wish.what->words == "cert show" && !wish.has("FILE");
  std::string body;
  for (json& each : *answer) {
    if (is_list && wish.shown != output::json) // a line has no room for them
      for (const char* key : {"issuer", "fingerprint", "not_before"})
        each.erase(key);
    body += each.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
  }
  const auto written = context.write(
    wish.shown == output::json ? body
                               : render(body, {is_list ? view::rows : view::fields,
                                                wish.shown == output::plain, context.has_colour}));
  return written ? result<void>{} : tl::unexpected(written.error());
}

} // namespace aiex::tool
