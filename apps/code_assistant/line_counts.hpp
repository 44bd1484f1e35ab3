#pragma once

#include "code_assistant/lexer.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace aiex::code_assistant {

/// lines = code + comment + blank.
struct line_totals {
  std::uint64_t lines = 0;
  std::uint64_t code = 0;    ///< Anything but comment and blanks; what a literal spans, too.
  std::uint64_t comment = 0; ///< Only comment.
  std::uint64_t blank = 0;   ///< Nothing to see, inside a block comment too.

  bool operator==(const line_totals&) const = default;
};

/// Says of each line of a file what stands on it. Give it every token, then ask.
class line_counts {
public:
  explicit line_counts(std::string_view bytes);

  void add(const token& seen);
  line_totals totals() const noexcept;

private:
  enum class content : std::uint8_t { nothing, comment, code };
  void mark(std::uint32_t line, content what);

  std::vector<content> lines_;
};

} // namespace aiex::code_assistant
