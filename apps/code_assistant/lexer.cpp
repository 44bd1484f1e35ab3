#include "code_assistant/lexer.hpp"

#include <algorithm>
#include <utility>

namespace aiex::code_assistant {
namespace {

constexpr std::size_t raw_delimiter_max = 16; // of the standard

bool is_digit(char byte) noexcept {
  return byte >= '0' && byte <= '9';
}

/// Bytes of UTF-8 beyond ASCII may stand in names, and `$` may with GCC.
bool begins_word(char byte) noexcept {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_' ||
         byte == '$' || static_cast<unsigned char>(byte) >= 0x80;
}

bool continues_word(char byte) noexcept {
  return begins_word(byte) || is_digit(byte);
}

bool is_blank(char byte) noexcept {
  return byte == ' ' || (byte >= '\t' && byte <= '\r') || byte == '\0';
}

bool is_literal_prefix(std::string_view word) noexcept {
  return word == "L" || word == "u" || word == "U" || word == "u8";
}

bool is_raw_prefix(std::string_view word) noexcept {
  return word == "R" || (word.ends_with('R') && is_literal_prefix(word.substr(0, word.size() - 1)));
}

bool includes_file(std::string_view directive) noexcept {
  return directive == "include" || directive == "include_next" || directive == "import";
}

} // namespace

lexer::lexer(std::string_view bytes) noexcept : bytes_(bytes) {
  if (bytes.starts_with("\xef\xbb\xbf"))
    position_ = 3; // a byte order mark
}

/// Bytes of a backslash with its line's end, 0 if there is none here.
std::size_t lexer::continuation() const noexcept {
  if (at(0) != '\\')
    return 0;
  if (at(1) == '\n')
    return 2;
  return at(1) == '\r' && at(2) == '\n' ? 3 : 0;
}

void lexer::end_line() noexcept {
  ++line_;
  line_begins_ = true;
  directive_ = directive::none;
}

/// Of the bytes from `begin` to here.
void lexer::count_lines(std::size_t begin) noexcept {
  const auto text = bytes_.substr(begin, position_ - begin);
  line_ += static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n'));
}

void lexer::skip_blanks() noexcept {
  while (position_ < bytes_.size()) {
    if (const auto length = continuation(); length > 0) {
      position_ += length;
      ++line_;
    } else if (is_blank(bytes_[position_])) {
      if (bytes_[position_++] == '\n')
        end_line();
    } else {
      return;
    }
  }
}

std::optional<token> lexer::next() noexcept {
  skip_blanks();
  if (position_ >= bytes_.size())
    return std::nullopt;
  token found;
  found.line = line_;
  const auto begin = position_;
  replaced_ = {};
  found.kind = scan();
  found.line_end = line_;
  found.text = replaced_.empty() ? bytes_.substr(begin, position_ - begin) : replaced_;
  follow_directive(found);
  found.in_directive = directive_ != directive::none;
  return found;
}

void lexer::follow_directive(const token& seen) noexcept {
  if (seen.kind == token_kind::comment)
    return; // may stand before the #
  if (seen.kind == token_kind::hash)
    directive_ = directive::begins;
  else if (directive_ == directive::begins && includes_file(seen.text))
    directive_ = directive::includes;
  else if (directive_ != directive::none)
    directive_ = directive::other;
  line_begins_ = false;
}

token_kind lexer::scan() noexcept {
  const char byte = at(0);
  if (byte == '/' && at(1) == '/')
    return scan_line_comment();
  if (byte == '/' && at(1) == '*')
    return scan_block_comment();
  if (directive_ == directive::includes && scan_header_name())
    return token_kind::header_name;
  if (byte == '"' || byte == '\'')
    return scan_quoted();
  if (begins_word(byte))
    return scan_word();
  if (is_digit(byte) || (byte == '.' && is_digit(at(1))))
    return scan_number();
  return scan_punctuation();
}

/// Up to the end of its line, which a continuation moves.
token_kind lexer::scan_line_comment() noexcept {
  while (position_ < bytes_.size() && bytes_[position_] != '\n') {
    if (const auto length = continuation(); length > 0) {
      position_ += length;
      ++line_;
    } else {
      ++position_;
    }
  }
  return token_kind::comment;
}

token_kind lexer::scan_block_comment() noexcept {
  const auto end = bytes_.find("*/", position_ + 2);
  const auto stop = end == std::string_view::npos ? bytes_.size() : end + 2;
  const auto begin = std::exchange(position_, stop);
  count_lines(begin);
  return token_kind::comment;
}

/// Up to the quote that opened it, or the end of the line.
token_kind lexer::scan_quoted() noexcept {
  const char quote = bytes_[position_++];
  while (position_ < bytes_.size() && bytes_[position_] != '\n') {
    if (const auto length = continuation(); length > 0) {
      position_ += length;
      ++line_;
    } else if (bytes_[position_] == '\\') {
      position_ = std::min(position_ + 2, bytes_.size());
    } else if (bytes_[position_++] == quote) {
      break;
    }
  }
  return quote == '"' ? token_kind::string : token_kind::character;
}

/// At R"; false, and nothing moved, if no delimiter follows. One that never ends takes all the
/// rest but the last line's end, so that no byte is searched twice and no line is added.
bool lexer::scan_raw_string() noexcept {
  const auto head = bytes_.substr(position_ + 1, raw_delimiter_max + 1);
  const auto opened = head.find('(');
  const auto delimiter = head.substr(0, opened);
  if (opened == std::string_view::npos ||
      delimiter.find_first_of(" )\\\t\v\f\n\"") != std::string_view::npos)
    return false;
  const auto begin = position_;
  position_ += 2 + delimiter.size();
  for (;;) {
    const auto closed = bytes_.find(')', position_);
    if (closed == std::string_view::npos) {
      position_ = bytes_.size() - (bytes_.ends_with('\n') ? 1 : 0);
      break;
    }
    position_ = closed + 1;
    const auto rest = bytes_.substr(position_, delimiter.size() + 1);
    if (rest.starts_with(delimiter) && rest.ends_with('"') && rest.size() > delimiter.size()) {
      position_ += rest.size();
      break;
    }
  }
  count_lines(begin);
  return true;
}

token_kind lexer::scan_word() noexcept {
  const auto begin = position_;
  while (continues_word(at(0)))
    ++position_;
  const auto word = bytes_.substr(begin, position_ - begin);
  if (at(0) == '"' && is_raw_prefix(word) && scan_raw_string())
    return token_kind::string;
  if ((at(0) == '"' || at(0) == '\'') && is_literal_prefix(word))
    return scan_quoted();
  return token_kind::identifier;
}

/// A number of the preprocessor: 0x1p-3, 1'000.5e+10f, 12_km.
token_kind lexer::scan_number() noexcept {
  for (;;) {
    const char byte = at(0);
    const bool exponent = byte == 'e' || byte == 'E' || byte == 'p' || byte == 'P';
    const bool sign = exponent && (at(1) == '+' || at(1) == '-');
    const bool separator = byte == '\'' && continues_word(at(1));
    if (sign || separator)
      position_ += 2;
    else if (continues_word(byte) || byte == '.')
      ++position_;
    else
      return token_kind::number;
  }
}

/// <…> or "…" behind #include, on one line.
bool lexer::scan_header_name() noexcept {
  const char opens = at(0);
  if (opens != '<' && opens != '"')
    return false;
  const auto end = bytes_.find_first_of(opens == '<' ? ">\n" : "\"\n", position_ + 1);
  if (end == std::string_view::npos || bytes_[end] == '\n')
    return false;
  position_ = end + 1;
  return true;
}

token_kind lexer::scan_punctuation() noexcept {
  struct symbol {
    std::string_view written;
    std::string_view means;
  };
  static constexpr symbol pairs[] = {
    {"::", "::"}, {"->", "->"}, {"<%", "{"}, {"%>", "}"}, {"<:", "["}, {":>", "]"}, {"%:", "#"}};
  const auto rest = bytes_.substr(position_);
  const bool scope_in_angle = rest.starts_with("<::") && at(3) != ':' && at(3) != '>';
  std::string_view means = rest.substr(0, 1);
  std::size_t length = 1;
  for (const auto& pair : pairs)
    if (length == 1 && !scope_in_angle && rest.starts_with(pair.written)) {
      means = pair.means;
      length = 2;
    }
  position_ += length;
  if (length == 2 && means.size() == 1)
    replaced_ = means;
  if (means == "#" && line_begins_ && directive_ == directive::none)
    return token_kind::hash;
  return token_kind::punctuation;
}

} // namespace aiex::code_assistant
