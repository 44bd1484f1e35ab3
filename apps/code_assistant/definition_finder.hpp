#pragma once

#include "code_assistant/declaration_head.hpp"
#include "code_assistant/definition.hpp"
#include "code_assistant/directives.hpp"
#include "code_assistant/lexer.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace aiex::code_assistant {

inline constexpr std::size_t scopes_max = 64;       ///< What nests deeper is passed over.
inline constexpr std::size_t conditionals_max = 64; ///< #if that nests deeper is read as text.

/// What of a file has a body, at namespace and class scope; what functions hold is not looked at.
///
/// Every branch of an #if is read as if it were the only one, and the text behind #endif continues
/// the first; so braces need to be balanced in none of them. What stands in `#if 0` is not seen.
class definition_finder {
public:
  /// `kept_max`: how many definitions are named; the others are only counted.
  explicit definition_finder(std::size_t kept_max) : kept_max_(kept_max) {}

  void add(const token& seen); ///< Neither a comment nor part of a directive.
  void add(const directive& seen);

  /// The file ends: what is still open ends with it. Once.
  void finish();

  /// In the order in which they begin. Of more than `kept_max` those that ended first.
  const std::vector<definition>& definitions() const noexcept { return sorted_; }
  const definition_counts& counts() const noexcept { return counts_; }
  std::size_t total() const noexcept { return total_; }
  /// The first of the longest; without a kind if there is no function.
  const definition& longest_function() const noexcept { return longest_; }

private:
  struct scope {
    std::optional<definition> defines{}; ///< Nothing for extern "C".
    std::size_t order = 0;
    bool is_typedef = false;
  };
  /// All that an #else takes back.
  struct state {
    std::vector<scope> scopes{};
    declaration_head head{};
    std::uint64_t braces = 0; ///< Open ones of a body that is passed over, `passed`.
    scope passed{};
    scope unnamed{}; ///< Closed; a typedef's name may follow.
  };
  struct conditional {
    state before{};
    std::optional<state> after_first{}; ///< Behind the first branch that was seen.
    bool never = false;
  };

  void open();
  void close();
  void close_scope(scope closed);
  void keep(scope closed);
  void keep_unnamed();
  scope named_by_head();
  std::string qualified(const std::string& name) const;
  void begin_conditional(bool never);
  void begin_branch();
  void end_conditional();
  bool is_dead() const noexcept { return dead_depth_ > 0; }

  state now_{};
  std::vector<conditional> conditionals_{};
  std::uint64_t conditionals_passed_ = 0; ///< Open ones beyond conditionals_max.
  std::uint64_t dead_depth_ = 0;          ///< Conditionals open in an #if 0, itself counted.
  std::uint32_t line_ = 1;
  std::size_t kept_max_;
  std::vector<bool> kept_{}; ///< By order: two branches may close the same brace.
  std::vector<scope> found_{};
  std::vector<definition> sorted_{};
  definition_counts counts_{};
  std::size_t total_ = 0;
  definition longest_{};
};

} // namespace aiex::code_assistant
