// How a node is configured, from all the places where that can be said. Pure: whoever calls reads
// files and variables.
//
//   flag, then AIEX_* variable, then ./aiex.toml, then /etc/aiex/aiex.toml, then the default
#pragma once

#include "aiex/actors/cluster/caller_role.hpp"
#include "aiex/actors/cluster/endpoint.hpp"
#include "aiex/actors/cluster/tls/credentials.hpp"
#include "aiex/persistence/base/error.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aiex {

struct node_config {
  std::string name = "node1";
  std::string data = "./aiex-data";
  endpoint listen{"127.0.0.1", 4100};
  std::vector<std::string> join{};     ///< Addresses of nodes of the cluster that it is to join.
  std::optional<endpoint> advertise{}; ///< Where other nodes reach it, if not where it listens.
  std::optional<endpoint> http = endpoint{"127.0.0.1", 4180}; ///< Nothing: off.
  std::optional<tls_files> certificates{};                    ///< Nothing: links are plain.
  std::optional<caller_role> local_role = caller_role::admin; ///< Of plain links. Nothing: none.

  bool operator==(const node_config&) const = default;
};

/// A value and where it stands, for errors: "aiex.toml:3" or "--name".
struct setting {
  std::string value;
  std::string origin;

  bool operator==(const setting&) const = default;
};

/// Begins the keys of settings for the applications of a program: "app.mail.server".
inline constexpr std::string_view application_prefix = "app.";

/// The name of an application, or of a key of its.
inline constexpr std::size_t application_word_bytes_max = 64;

/// What one place says: key ("name", "listen", "join", …, "app.mail.server") to value.
using settings = std::map<std::string, setting, std::less<>>;

/// The keys there are.
const std::vector<std::string_view>& setting_keys();

/// "unknown key "nmae" in aiex.toml:3; did you mean "name"?" Errors: invalid_argument, always.
error unknown_key(std::string_view key, std::string_view origin);

/// Reads a file's text; the table [app.mail] is for the application mail. Whether there is one, and
/// its keys, nobody looks at here. Errors: invalid_argument, with file and line.
result<settings> settings_of_file(std::string_view text, const std::string& file);

/// Takes AIEX_NAME and so on from `NAME=VALUE`s, and AIEX_MAIL__SERVER for the application mail.
/// Those that the client reads are let pass.
/// Errors: invalid_argument (an unknown AIEX_ variable).
result<settings> settings_of_variables(const std::vector<std::string>& variables);

/// "mail.server=example.org", as it stands behind --set. Errors: invalid_argument.
result<std::pair<std::string, setting>> setting_of_flag(const std::string& text);

/// The first of `layers` that has a key decides. Errors: invalid_argument, denied (an address that
/// is not loopback, without certificates).
result<node_config> config_of(const std::vector<settings>& layers);

/// A line for each key: "listen  127.0.0.1:4100  (aiex.toml:3)". `made` of the same layers.
std::string explain_config(const node_config& made, const std::vector<settings>& layers);

} // namespace aiex
