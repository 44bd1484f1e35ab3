#pragma once

#include "aiexd/node_config.hpp"

#include <string>
#include <vector>

namespace aiex {

/// What stands on the command line of a node.
struct command_line {
  settings given;
  std::string config; ///< Instead of ./aiex.toml and /etc/aiex/aiex.toml; empty: those.
  bool only_checks = false;
  bool with_shell = false;
  std::string help; ///< Not empty: print it and end.
};

/// `arguments` without the program's name, which is `program`. Errors: invalid_argument.
result<command_line> parse_command_line(
  std::vector<std::string> arguments, const std::string& program = "aiexd");

} // namespace aiex
