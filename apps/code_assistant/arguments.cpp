#include "code_assistant/arguments.hpp"

namespace aiex::code_assistant {

namespace {

result<void> put_value(arguments& into, std::string_view option, std::string_view value) {
  if (option == "--data")
    into.data = value;
  else if (option == "--name")
    into.name = value;
  else if (option == "--join")
    into.join = value;
  else if (value.size() == 1 && value.front() >= '1' && value.front() <= '9')
    into.nodes = static_cast<std::size_t>(value.front() - '0');
  else
    return fail(errc::invalid_argument, "--nodes takes a number from 1 to 9");
  return {};
}

} // namespace

result<arguments> parse_arguments(std::span<const char* const> given) {
  arguments made;
  bool has_tree = false;
  for (std::size_t i = 0; i < given.size(); ++i) {
    const std::string_view word = given[i];
    if (word == "--help" || word == "-h") {
      made.wants_help = true;
    } else if (word == "--data" || word == "--name" || word == "--join" || word == "--nodes") {
      if (++i == given.size() || std::string_view{given[i]}.empty())
        return fail(errc::invalid_argument, std::string{word} + " needs a value");
      if (auto put = put_value(made, word, given[i]); !put)
        return tl::unexpected(std::move(put.error()));
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
  if (made.name.empty() != made.join.empty() || (!made.name.empty() && made.nodes > 1))
    return fail(errc::invalid_argument,
      "--name and --join stand together, for one further node of a cluster");
  return made;
}

} // namespace aiex::code_assistant
