#include "aiexd/node_config.hpp"

#include "aiex/persistence/base/limits.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cctype>
#include <numeric>

namespace aiex {

namespace {

constexpr std::string_view variable_prefix = "AIEX_";

/// Insertions, removals and replacements that make one word of the other.
std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

bool is_known(std::string_view key) {
  const auto& keys = setting_keys();
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

/// `AIEX_NODE` and the like belong to the client.
bool is_of_client(std::string_view key) {
  for (const std::string_view other : {"node", "timeout", "read"})
    if (key == other)
      return true;
  return false;
}

result<endpoint> address_of(const setting& given, std::string_view key) {
  auto where = parse_endpoint(given.value);
  if (!where)
    return fail(
      errc::invalid_argument, fmt::format("{} ({}): {}", key, given.origin, where.error().message));
  if (key == "http" && !is_loopback(*where))
    return fail(errc::denied,
      fmt::format("{} ({}): {} is not a loopback address, and its pages are neither encrypted nor "
                  "closed to anybody. Use 127.0.0.1:{}",
        key, given.origin, given.value, where->port));
  return where;
}

result<void> put_name(node_config& into, const setting& given) {
  if (given.value.size() > limits::node_name_bytes_max)
    return fail(errc::invalid_argument,
      fmt::format("name ({}) is longer than {} bytes", given.origin, limits::node_name_bytes_max));
  if (!is_peer_name(given.value))
    return fail(errc::invalid_argument,
      fmt::format("name ({}) may have letters, digits, '-', '_' and '.' only", given.origin));
  into.name = given.value;
  return {};
}

result<void> put_local_role(node_config& into, const setting& given) {
  into.local_role = role_named(given.value);
  if (into.local_role || given.value == "none")
    return {};
  std::string all;
  for (const caller_role each : all_roles())
    all += std::string{name(each)} + ", ";
  return fail(errc::invalid_argument,
    fmt::format("local_role ({}) is \"{}\"; it can be {}or none", given.origin, given.value, all));
}

/// What a file is for, or nothing for other keys.
std::string* file_of(tls_files& files, std::string_view key) {
  return key == "cert"  ? &files.certificate
         : key == "key" ? &files.key
         : key == "ca"  ? &files.authority
         : key == "crl" ? &files.revocations
                        : nullptr;
}

const setting* find_setting(const std::vector<settings>& layers, std::string_view key) {
  for (const settings& layer : layers)
    if (const auto given = layer.find(key); given != layer.end())
      return &given->second;
  return nullptr;
}

/// Where links are made to or accepted, as this key says.
std::vector<endpoint> addresses_of(const node_config& made, std::string_view key) {
  if (key == "listen")
    return {made.listen};
  if (key == "advertise")
    return made.advertise ? std::vector{*made.advertise} : std::vector<endpoint>{};
  std::vector<endpoint> all;
  for (const std::string& each : made.join)
    if (const auto where = parse_endpoint(each))
      all.push_back(*where);
  return all;
}

/// All three files or none, and none but the loopback without.
result<void> check_links(node_config& made, const std::vector<settings>& layers) {
  if (made.certificates)
    for (const std::string_view key : {"cert", "key", "ca"})
      if (file_of(*made.certificates, key)->empty())
        return fail(errc::missing_required_fields,
          fmt::format("{} is not given: a node with certificates needs cert, key and ca, and may "
                      "have crl. \"aiex cert node {}\" makes them",
            key, made.name));
  if (made.certificates)
    return {};
  for (const std::string_view key : {"listen", "advertise", "join"})
    for (const endpoint& where : addresses_of(made, key))
      if (!is_loopback(where)) {
        const setting* said = find_setting(layers, key);
        return fail(errc::denied,
          fmt::format("{} ({}): {} is not a loopback address, and nothing is encrypted without "
                      "certificates. Make them with \"aiex cert ca\" and \"aiex cert node {}\", or "
                      "use 127.0.0.1:{}",
            key, said == nullptr ? "default" : said->origin, to_string(where), made.name,
            where.port));
      }
  return {};
}

/// "127.0.0.1:4100, 127.0.0.1:4101"
result<void> put_seeds(node_config& into, const setting& given) {
  into.join.clear();
  for (std::string_view left = given.value; !left.empty();) {
    const std::size_t end = std::min(left.find(','), left.size());
    std::string_view word = left.substr(0, end);
    while (word.starts_with(' '))
      word.remove_prefix(1);
    while (word.ends_with(' '))
      word.remove_suffix(1);
    const auto where = address_of({std::string{word}, given.origin}, "join");
    if (!where)
      return tl::unexpected(where.error());
    into.join.push_back(to_string(*where));
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  return {};
}

result<void> put(node_config& into, std::string_view key, const setting& given) {
  if (given.value.empty())
    return fail(errc::invalid_argument, fmt::format("{} ({}) is empty", key, given.origin));
  if (key == "name")
    return put_name(into, given);
  if (key == "local_role")
    return put_local_role(into, given);
  if (tls_files none; file_of(none, key) != nullptr) {
    if (!into.certificates)
      into.certificates.emplace();
    *file_of(*into.certificates, key) = given.value;
    return {};
  }
  if (key == "data") {
    into.data = given.value;
    return {};
  }
  if (key == "http" && given.value == "off") {
    into.http = std::nullopt;
    return {};
  }
  if (key == "join")
    return put_seeds(into, given);
  auto where = address_of(given, key);
  if (!where)
    return tl::unexpected(std::move(where.error()));
  if (key == "listen")
    into.listen = *where;
  else if (key == "advertise")
    into.advertise = *where;
  else
    into.http = *where;
  return {};
}

/// A number or a truth is taken as it would be written.
std::optional<std::string> as_text(const toml::node& value) {
  if (const auto text = value.value_exact<std::string>())
    return text;
  if (const auto number = value.value_exact<std::int64_t>())
    return std::to_string(*number);
  if (const auto real = value.value_exact<double>())
    return fmt::format("{}", *real);
  if (const auto truth = value.value_exact<bool>())
    return *truth ? "true" : "false";
  return std::nullopt;
}

/// [app.mail] and its like.
result<void> add_applications(
  settings& into, const toml::node& applications, const std::string& file) {
  const auto origin = [&](const toml::node& at) {
    return fmt::format("{}:{}", file, at.source().begin.line);
  };
  if (!applications.is_table())
    return fail(errc::invalid_argument,
      fmt::format(
        "app ({}) must be tables, one for each application: [app.NAME]", origin(applications)));
  for (const auto& [name, own] : *applications.as_table()) {
    if (!own.is_table())
      return fail(errc::invalid_argument,
        fmt::format("app.{0} ({1}) must be a table: [app.{0}]", name.str(), origin(own)));
    for (const auto& [key, value] : *own.as_table()) {
      const auto text = as_text(value);
      if (!text)
        return fail(errc::invalid_argument,
          fmt::format("app.{}.{} ({}) must be a text, a number, true or false", name.str(),
            key.str(), origin(value)));
      into[fmt::format("{}{}.{}", application_prefix, name.str(), key.str())] = {
        *text, fmt::format("{}:{}", file, key.source().begin.line)};
    }
  }
  return {};
}

} // namespace

const std::vector<std::string_view>& setting_keys() {
  static const std::vector<std::string_view> keys{"name", "data", "listen", "advertise", "join",
    "http", "cert", "key", "ca", "crl", "local_role"};
  return keys;
}

error unknown_key(std::string_view key, std::string_view origin) {
  const auto& keys = setting_keys();
  const auto nearest = std::min_element(keys.begin(), keys.end(),
    [key](auto left, auto right) { return distance(key, left) < distance(key, right); });
  return {errc::invalid_argument,
    fmt::format("unknown key \"{}\" in {}; did you mean \"{}\"?", key, origin, *nearest)};
}

result<settings> settings_of_file(std::string_view text, const std::string& file) {
  settings found;
  try {
    const toml::table table = toml::parse(text, file);
    for (const auto& [key, node] : table) {
      const std::string name{key.str()};
      const std::string origin = fmt::format("{}:{}", file, key.source().begin.line);
      if (name + "." == application_prefix) {
        if (auto added = add_applications(found, node, file); !added)
          return tl::unexpected(std::move(added.error()));
        continue;
      }
      if (!is_known(name))
        return tl::unexpected(unknown_key(name, origin));
      const auto value = node.value<std::string>();
      if (!value)
        return fail(errc::invalid_argument, fmt::format("{} ({}) must be a text", name, origin));
      found[name] = {*value, origin};
    }
  } catch (const toml::parse_error& problem) {
    return fail(errc::invalid_argument,
      fmt::format("{}:{}: {}", file, problem.source().begin.line, problem.description()));
  }
  return found;
}

result<settings> settings_of_variables(const std::vector<std::string>& variables) {
  settings found;
  for (const std::string_view each : variables) {
    const auto equals = each.find('=');
    if (!each.starts_with(variable_prefix) || equals == std::string_view::npos)
      continue;
    const std::string_view variable = each.substr(0, equals);
    std::string key{variable.substr(variable_prefix.size())};
    std::transform(key.begin(), key.end(), key.begin(),
      [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
    const auto between = key.find("__");
    if (between != std::string::npos)
      found[std::string{application_prefix} + key.replace(between, 2, ".")] = {
        std::string{each.substr(equals + 1)}, std::string{variable}};
    else if (is_known(key))
      found[key] = {std::string{each.substr(equals + 1)}, std::string{variable}};
    else if (!is_of_client(key))
      return tl::unexpected(unknown_key(key, std::string{"the variable "} + std::string{variable}));
  }
  return found;
}

result<std::pair<std::string, setting>> setting_of_flag(const std::string& text) {
  const auto equals = text.find('=');
  const auto dot = text.find('.');
  if (equals == std::string::npos || dot > equals)
    return fail(errc::invalid_argument,
      fmt::format("--set {}: say --set APPLICATION.KEY=VALUE, as mail.server=example.org", text));
  return std::pair{std::string{application_prefix} + text.substr(0, equals),
    setting{text.substr(equals + 1), "--set " + text.substr(0, equals)}};
}

result<node_config> config_of(const std::vector<settings>& layers) {
  node_config made;
  for (const std::string_view key : setting_keys())
    if (const setting* given = find_setting(layers, key))
      if (auto done = put(made, key, *given); !done)
        return tl::unexpected(std::move(done.error()));
  if (auto right = check_links(made, layers); !right)
    return tl::unexpected(std::move(right.error()));
  return made;
}

std::string explain_config(const node_config& made, const std::vector<settings>& layers) {
  const tls_files files = made.certificates.value_or(tls_files{});
  const auto shown = [](const std::string& file) { return file.empty() ? "none" : file; };
  const std::map<std::string_view, std::string> values{{"name", made.name}, {"data", made.data},
    {"listen", to_string(made.listen)},
    {"advertise", made.advertise ? to_string(*made.advertise) : "where it listens"},
    {"join", made.join.empty() ? "nobody" : fmt::format("{}", fmt::join(made.join, ", "))},
    {"http", made.http ? to_string(*made.http) : "off"}, {"cert", shown(files.certificate)},
    {"key", shown(files.key)}, {"ca", shown(files.authority)}, {"crl", shown(files.revocations)},
    {"local_role", std::string{made.local_role ? name(*made.local_role) : "none"}}};
  std::string text;
  for (const std::string_view key : setting_keys()) {
    const setting* said = find_setting(layers, key);
    text += fmt::format(
      "{:<12}{}  ({})\n", key, values.at(key), said == nullptr ? "default" : said->origin);
  }
  return text;
}

} // namespace aiex
