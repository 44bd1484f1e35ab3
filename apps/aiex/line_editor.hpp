#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace aiex::tool {

/// Lines from a terminal, with editing, history (~/.aiex_history) and completion by the tab key.
class line_editor {
public:
  static constexpr int history_lines_max = 1'000;

  /// `complete` gets the line up to the cursor, answers what the word there may become.
  using completer = std::function<std::vector<std::string>(const std::string& before)>;

  explicit line_editor(completer complete);
  ~line_editor();
  line_editor(const line_editor&) = delete;
  line_editor& operator=(const line_editor&) = delete;

  /// The next line; nothing at the end (Ctrl-D). Ctrl-C throws away what was typed.
  std::optional<std::string> read(const std::string& prompt);

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace aiex::tool
