#pragma once

#include "aiex/persistence/base/error.hpp"

#include <span>
#include <string_view>

namespace aiex::code_assistant {

struct arguments {
  std::string_view data = "aiex-data"; ///< The folder of the store.
  std::string_view tree = ".";
  bool wants_help = false;
};

inline constexpr std::string_view usage =
  "code_assistant [--data DIR] [PATH]\n"
  "\n"
  "  code_assistant                  looks at the C and C++ sources below this folder\n"
  "  code_assistant ~/src/project    looks at those of another one\n"
  "\n"
  "Records one session on the source tree and prints what the read models then know of it.\n"
  "A second run looks at new and changed files only. On a terminal the node then goes on, with\n"
  "the shell; without one it stops.\n"
  "\n"
  "  PATH         the tree, . unless said\n"
  "  --data DIR   the folder that keeps the events, ./aiex-data unless said\n";

/// Errors: invalid_argument (an unknown option, a second path, no folder behind --data).
result<arguments> parse_arguments(std::span<const char* const> given);

} // namespace aiex::code_assistant
