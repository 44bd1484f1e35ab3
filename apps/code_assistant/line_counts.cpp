#include "code_assistant/line_counts.hpp"

#include <algorithm>

namespace aiex::code_assistant {
namespace {

bool is_empty(std::string_view line) noexcept {
  return line.find_first_not_of(" \t\r\v\f") == std::string_view::npos;
}

std::size_t lines_in(std::string_view bytes) noexcept {
  const auto ended = static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), '\n'));
  return ended + (bytes.empty() || bytes.ends_with('\n') ? 0 : 1);
}

} // namespace

line_counts::line_counts(std::string_view bytes) : lines_(lines_in(bytes), content::nothing) {}

void line_counts::mark(std::uint32_t line, content what) {
  auto& before = lines_.at(line - 1);
  before = std::max(before, what);
}

void line_counts::add(const token& seen) {
  if (seen.kind != token_kind::comment) {
    const auto last = std::min<std::size_t>(seen.line_end, lines_.size());
    for (auto line = seen.line; line <= last; ++line)
      mark(line, content::code);
    return;
  }
  auto rest = seen.text;
  for (auto line = seen.line; !rest.empty(); ++line) {
    const auto end = std::min(rest.find('\n'), rest.size());
    if (!is_empty(rest.substr(0, end)))
      mark(line, content::comment);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

line_totals line_counts::totals() const noexcept {
  line_totals sum;
  sum.lines = lines_.size();
  for (const auto what : lines_) {
    sum.code += what == content::code;
    sum.comment += what == content::comment;
    sum.blank += what == content::nothing;
  }
  return sum;
}

} // namespace aiex::code_assistant
