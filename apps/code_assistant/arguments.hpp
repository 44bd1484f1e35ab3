#pragma once

#include "aiex/persistence/base/error.hpp"

#include <cstddef>
#include <span>
#include <string_view>

namespace aiex::code_assistant {

inline constexpr std::size_t nodes_max = 9; ///< Voters of one cluster.

struct arguments {
  std::string_view data = "aiex-data"; ///< The folder of the store.
  std::string_view tree = ".";
  std::size_t nodes = 1;   ///< As many form a cluster, this process is the first of them.
  std::string_view name{}; ///< Not empty: a further node of `join`'s cluster, and nothing else.
  std::string_view join{};
  bool wants_help = false;
};

inline constexpr std::string_view usage =
  "code_assistant [--data DIR] [--nodes N] [PATH]\n"
  "\n"
  "  code_assistant                  looks at the C and C++ sources below this folder\n"
  "  code_assistant ~/src/project    looks at those of another one\n"
  "  code_assistant --nodes 3        the same on a cluster of three nodes, a process each\n"
  "\n"
  "Records one session on the source tree and prints what the read models then know of it.\n"
  "A second run looks at new and changed files only. On a terminal the node then goes on, with\n"
  "the shell; without one it stops.\n"
  "\n"
  "  PATH         the tree, . unless said\n"
  "  --data DIR   the folder that keeps the events, ./aiex-data unless said; of several nodes\n"
  "               DIR-n1, DIR-n2, …\n"
  "  --nodes N    1 to 9: so many nodes, each with all events\n"
  "  --name NAME --join ADDR:PORT\n"
  "               only a further node of a cluster, until it is told to stop\n";

/// Errors: invalid_argument (an unknown option, a second path, a value that is missing or wrong).
result<arguments> parse_arguments(std::span<const char* const> given);

} // namespace aiex::code_assistant
