// C and C++ cut into tokens, well enough to count and to find definitions; no compiler.
//
// Left out: trigraphs, and a name or number that a line continuation cuts in two gives two tokens.
// Literals end where their line ends, so a stray quote harms one line; only a raw string or a block
// comment that nothing ends takes all the rest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace aiex::code_assistant {

enum class token_kind : std::uint8_t {
  identifier, ///< Keywords too.
  number,
  string,      ///< With prefix and quotes, raw ones too.
  character,   ///< With prefix and quotes.
  header_name, ///< What #include names, with its quotes or brackets.
  hash,        ///< The # that begins a directive.
  punctuation, ///< "::" and "->", else one byte; digraphs as what they stand for.
  comment,     ///< With its // or /*
};

struct token {
  token_kind kind = token_kind::punctuation;
  bool in_directive = false; ///< Part of a preprocessor line, its # included.
  std::uint32_t line = 1;    ///< Of its first byte, from 1.
  std::uint32_t line_end = 1;
  std::string_view text;

  bool is(std::string_view symbol) const noexcept {
    return kind == token_kind::punctuation && text == symbol;
  }
  bool is_word(std::string_view word) const noexcept {
    return kind == token_kind::identifier && text == word;
  }
};

/// Any bytes at all: nothing fails, and each byte is looked at a bounded number of times.
class lexer {
public:
  /// `bytes` outlive the lexer and its tokens; less than 4 GiB.
  explicit lexer(std::string_view bytes) noexcept;

  /// The next token, comments included; nothing at the end.
  std::optional<token> next() noexcept;

private:
  enum class directive : std::uint8_t { none, begins, includes, other };

  char at(std::size_t ahead) const noexcept {
    return bytes_.size() - position_ > ahead ? bytes_[position_ + ahead] : '\0';
  }
  std::size_t continuation() const noexcept;
  void skip_blanks() noexcept;
  void end_line() noexcept;
  void count_lines(std::size_t begin) noexcept;

  token_kind scan() noexcept;
  token_kind scan_line_comment() noexcept;
  token_kind scan_block_comment() noexcept;
  token_kind scan_quoted() noexcept;
  token_kind scan_word() noexcept;
  token_kind scan_number() noexcept;
  token_kind scan_punctuation() noexcept;
  bool scan_header_name() noexcept;
  bool scan_raw_string() noexcept;
  void follow_directive(const token& seen) noexcept;

  std::string_view bytes_;
  std::size_t position_ = 0;
  std::uint32_t line_ = 1;
  bool line_begins_ = true; ///< Only blanks and comments so far on this line.
  directive directive_ = directive::none;
  std::string_view replaced_; ///< What the digraph just scanned stands for.
};

} // namespace aiex::code_assistant
