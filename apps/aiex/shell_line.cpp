#include "aiex/shell_line.hpp"

namespace aiex::tool {

result<std::vector<std::string>> split_line(std::string_view line) {
  std::vector<std::string> words;
  bool in_word = false;
  char quote = 0;
  const auto begin_word = [&] {
    if (!in_word)
      words.emplace_back();
    in_word = true;
  };
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char now = line[at];
    const bool is_command = words.empty(); // "\timing": its \ stays
    const bool escapes = now == '\\' && quote != '\'' && !is_command && at + 1 < line.size();
    if (quote != 0 && now == quote) {
      quote = 0;
    } else if (escapes) {
      begin_word();
      words.back() += line[++at];
    } else if (quote != 0) {
      words.back() += now;
    } else if (now == '\'' || now == '"') {
      begin_word();
      quote = now;
    } else if (now == ' ' || now == '\t' || now == '\n' || now == '\r') {
      in_word = false;
    } else if (now == '#' && !in_word) {
      break;
    } else {
      begin_word();
      words.back() += now;
    }
  }
  if (quote != 0)
    return fail(errc::invalid_argument, std::string("a ") + quote + " is not closed");
  return words;
}

} // namespace aiex::tool
