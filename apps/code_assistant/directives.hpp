#pragma once

#include "code_assistant/lexer.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aiex::code_assistant {

/// A preprocessor line, read to its end. Of #include only with a name in quotes or brackets.
struct directive {
  enum class what : std::uint8_t {
    include,     ///< `name` without its quotes or brackets; `angled`, `conditional`.
    define,      ///< `name` of the macro.
    if_begins,   ///< #if, #ifdef, #ifndef; `never` for #if 0.
    else_begins, ///< #else, #elif and their kin.
    endif,
    other,
  };
  what kind = what::other;
  std::string_view name;
  std::uint32_t line = 0;
  std::uint32_t line_end = 0;
  bool angled = false;
  bool conditional = false; ///< Inside an #if that is not the file's include guard.
  bool never = false;
};

/// Makes directives of tokens. An include guard is `#ifndef X` or `#if !defined(X)` as the first
/// directive of a file and `#define X` as the second.
class directive_reader {
public:
  /// Every token but comments. Gives the directive that ended before `seen`.
  std::optional<directive> add(const token& seen);

  /// The directive that the file ended in.
  std::optional<directive> finish();

private:
  void add_word(const token& seen);
  void follow_guard();

  std::optional<directive> open_;
  std::uint32_t words_ = 0; ///< Of the open directive, its # not counted.
  std::string_view keyword_;
  std::string_view condition_; ///< First name of the condition but "defined".
  bool negated_ = false;
  std::uint64_t directives_ = 0; ///< Ended so far.
  std::uint64_t depth_ = 0;
  std::string_view guard_; ///< Of the first directive, if it may be one.
  bool guarded_ = false;
};

} // namespace aiex::code_assistant
