// Several applications in one program, as OTP's: each a tree with a name, what it depends on, what
// its end means for the others, and a configuration of its own.
//
//   aiex::application{"shop"}.run(argc, argv,
//     std::vector<aiex::application_spec>{
//       {.name = "mail", .tree = [](const auto& settings) { return mail_tree(settings); },
//         .type = aiex::application_type::temporary, .defaults = {{"server", "localhost"}}},
//       {.name = "orders", .tree = [](const auto&) { return orders_tree(); },
//         .dependencies = {"mail"}}});
//
// Where a setting may stand, the first of these counts:
//
//   --set mail.server=example.org
//   AIEX_MAIL__SERVER=example.org
//   [app.mail] in ./aiex.toml, then in /etc/aiex/aiex.toml: server = "example.org"
//   `defaults`, which name all keys that there are
#pragma once

#include "aiex/actors/flow/node_part.hpp"
#include "aiex/persistence/base/error.hpp"
#include "aiex/supervision/application/application_core.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aiex {

/// What an application is configured with: of each of its keys the value that counts.
class application_settings {
public:
  struct value {
    std::string text;
    std::string origin; ///< Where it stands, for errors: "aiex.toml:3", "default".
  };
  using values = std::map<std::string, value, std::less<>>;

  application_settings(std::string application, values given)
      : application_(std::move(application)), values_(std::move(given)) {}

  // A key that `defaults` does not name is a bug: broken_invariant.

  const std::string& text(std::string_view key) const { return at(key).text; }

  /// A whole number from `least` to `most`. Errors: invalid_argument.
  result<std::int64_t> number(std::string_view key, std::int64_t least, std::int64_t most) const;

  /// "true" or "false". Errors: invalid_argument.
  result<bool> flag(std::string_view key) const;

  const values& all() const noexcept { return values_; }

private:
  const value& at(std::string_view key) const;

  std::string application_;
  values values_;
};

struct application_spec {
  /// Unique; small letters, digits and single '_' between them.
  std::string name;
  /// Its tree, of the same name. What it answers instead ends the program with 2.
  std::function<result<node_part>(const application_settings&)> tree;
  std::vector<std::string> dependencies{}; ///< They are started before it.
  application_type type = application_type::permanent;
  std::map<std::string, std::string> defaults{}; ///< Keys are words like `name`.
  std::function<void()> prep_stop{}; ///< Before its tree is stopped, or if that has ended.
  std::function<void()> stop{};      ///< When its tree has ended.
};

} // namespace aiex
