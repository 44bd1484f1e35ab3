// What may stand next on a command line, and the scripts that ask shells' users for it.
#pragma once

#include "aiex/persistence/base/error.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aiex::tool {

/// The script for "bash", "zsh" or "fish". Errors: invalid_argument.
result<std::string> completion_script(std::string_view shell);

/// Live names that fit the place: what the verb `names` is asked for.
struct names_wanted {
  std::string kind; ///< "streams", "projections", …
  std::string prefix;
  bool operator==(const names_wanted&) const = default;
};

struct completion {
  std::vector<std::string> words; ///< Known to the tool: verbs and options.
  std::optional<names_wanted> live{};
  std::string node{}; ///< Who knows the live names, if the words say it (--node).
};

/// For the last word, which may be empty, behind the others.
completion complete(const std::vector<std::string>& words);

} // namespace aiex::tool
