// Answers as text for people, or with tabs between for programs without JSON. Pure.
#pragma once

#include "aiex/verb.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace aiex::tool {

struct rendering {
  view shown = view::fields;
  bool is_plain = false;   ///< Tabs, no headings, no padding.
  bool has_colour = false; ///< Headings and field names stand out.
};

/// What the pages of one list have in common: its columns, as wide as they were so far.
struct table_form {
  std::vector<std::string> keys{};
  std::vector<std::size_t> widths{};
};

/// `body` is one JSON object, or JSON Lines. Each line of the text ends in \n; what is no JSON is
/// shown as it came. Control characters of texts are shown as \u001b and the like, so that an
/// event cannot steer a terminal. A page behind another is given the `form` of those before: rows
/// have one heading.
std::string render(const std::string& body, const rendering& how, table_form* form = nullptr);

} // namespace aiex::tool
