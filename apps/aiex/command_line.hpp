// From what was typed to what is sent: pure, but for files and standard input, which are given.
#pragma once

#include "aiex/actors/cluster/endpoint.hpp"
#include "aiex/actors/cluster/tls/credentials.hpp"
#include "aiex/verb.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace aiex::tool {

enum class output : std::uint8_t { people, plain, json };

/// What counts where a line says nothing: the tool's own, or in a shell what the shell was given.
struct line_defaults {
  std::string node{}; ///< ADDR:PORT, or empty.
  std::string timeout = "5s";
  std::string read = "linearizable";
  std::string at_least{};
  output shown = output::people;
  bool never_asks = false;
  std::string certificate{}; ///< A file, or empty; so are the next two. All of them or none.
  std::string key{};
  std::string authority{};
  std::string revocations{}; ///< With them, or empty.
};

/// A command line that is right as far as the tool alone can tell.
struct invocation {
  const verb* what = nullptr;
  std::map<std::string, std::vector<std::string>> values{}; ///< By the parameter's name.
  endpoint node{"127.0.0.1", 4100};
  std::chrono::milliseconds timeout{5'000};
  std::optional<tls_files> certificates{}; ///< Nothing: plain links.
  output shown = output::people;
  bool never_asks = false;
  bool reads_locally = false;              ///< What the node has will do.
  std::optional<std::uint64_t> at_least{}; ///< Asked once the node has applied this position.
  std::string help{};                      ///< Not empty: print it, do nothing.
  std::vector<std::string> said{};         ///< Options for all verbs that stand on the line.
  line_defaults otherwise{};               ///< What its own lines go by, if it is a shell.

  bool has(std::string_view name) const { return values.contains(std::string(name)); }
  /// The only or first value, or "".
  std::string value(std::string_view name) const;
};

struct request {
  std::string verb;
  std::string arguments; ///< A JSON object.
  bool operator==(const request&) const = default;
};

/// The whole text of a file, or of standard input for "-".
using read_text = std::function<result<std::string>(const std::string& file)>;

/// `words` without the program's name. Errors: invalid_argument.
result<invocation> parse_command_line(
  const std::vector<std::string>& words, const line_defaults& otherwise = {});

/// Options for all verbs that stand on a line where they mean nothing: those of a call, on a line
/// that makes none; --node, on one of a shell's. Errors: invalid_argument.
result<void> check_options(const invocation& wish, bool is_in_shell);

/// Errors: invalid_argument, invalid_data, missing_required_fields, those of `read`.
result<request> make_request(const invocation& wish, const read_text& read);

} // namespace aiex::tool
