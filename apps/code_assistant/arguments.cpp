#include "code_assistant/arguments.hpp"

namespace aiex::code_assistant {

result<arguments> parse_arguments(std::span<const char* const> given) {
  arguments made;
  bool has_tree = false;
  for (std::size_t i = 0; i < given.size(); ++i) {
    const std::string_view word = given[i];
    if (word == "--help" || word == "-h") {
      made.wants_help = true;
    } else if (word == "--data") {
      if (++i == given.size() || std::string_view{given[i]}.empty())
        return fail(errc::invalid_argument, "--data needs a folder");
      made.data = given[i];
    } else if (word.starts_with('-')) {
      return fail(errc::invalid_argument,
        "unknown option '" + std::string{word} + "'; code_assistant --help says what there is");
    } else if (word.empty() || has_tree) {
      return fail(errc::invalid_argument,
        "one source tree at a time, and '" + std::string{word} + "' is one more");
    } else {
      made.tree = word;
      has_tree = true;
    }
  }
  return made;
}

} // namespace aiex::code_assistant
