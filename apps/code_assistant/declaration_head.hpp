// What stands before a '{' at namespace or class scope, and what that brace therefore opens.
//
// Rules of thumb, not a grammar: a name before "(…)" makes a function unless "=" came first. Of two
// such names the one not in capitals counts ("API(int) f()", "f() const LOCKS(x)"); if they are
// alike, the later one if a word stands between ("a(x) int f()"), else the earlier. A macro that
// looks like a function is one: TEST_CASE("…") {…} is "TEST_CASE".
//
// Left out: functions that return pointers to functions, parameters declared in the way of K&R,
// bodies behind a trailing requires-expression (its braces are taken for them).
#pragma once

#include "code_assistant/lexer.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace aiex::code_assistant {

inline constexpr std::size_t name_bytes_max = 128; ///< Longer names are cut.

class declaration_head {
public:
  enum class opens : std::uint8_t {
    value, ///< An initializer, or something not understood.
    function,
    record, ///< class, struct or union: its members follow.
    enumeration,
    name_space,
    linkage, ///< extern "C" {
  };

  /// The next token of the declaration: no comment, no directive, no brace, no semicolon.
  void add(const token& seen);

  /// A '{' of kind `value` was closed; the declaration goes on.
  void value_closed() noexcept { last_ = last::closed; }

  /// What a '{' at this point would open.
  opens what() const noexcept;

  const std::string& name() const noexcept;
  std::uint32_t line() const noexcept;
  /// "class", "struct", "union", "enum" or "namespace"; empty without one.
  std::string_view key() const noexcept { return key_; }
  bool is_typedef() const noexcept { return typedef_; }

private:
  enum class last : std::uint8_t { nothing, word, angle, scope, tilde, closed, other };

  bool add_nested(const token& seen);
  bool add_operator(const token& seen);
  void add_word(const token& seen);
  void add_key(const token& seen);
  void add_symbol(const token& seen);
  void add_colon();
  void open_parenthesis();
  void extend_name(std::string_view text);

  std::string name_{}; ///< The qualified name that the last tokens make.
  std::uint32_t name_line_ = 0;
  std::string function_{}; ///< The name before "(…)".
  std::uint32_t function_line_ = 0;
  std::uint32_t words_since_function_ = 0;
  std::string record_{};
  std::uint32_t record_line_ = 0;
  std::uint32_t words_since_key_ = 0;
  std::string_view key_{};
  std::uint32_t parentheses_ = 0; ///< Brackets too.
  std::uint32_t angles_ = 0;
  last last_ = last::nothing;
  bool settled_ = false; ///< Behind "->", ":" or requires no other name can be the function's.
  bool initializers_ = false;
  bool base_clause_ = false;
  bool assigned_ = false;
  bool in_operator_ = false; ///< Collects an operator's name.
  bool access_ = false;
  bool extern_ = false;
  bool linkage_ = false;
  bool typedef_ = false;
};

} // namespace aiex::code_assistant
