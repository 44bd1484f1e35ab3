// Answers as text for people, or with tabs between for programs without JSON. Pure.
#pragma once

#include "aiex/verb.hpp"

#include <string>

namespace aiex::tool {

struct rendering {
  view shown = view::fields;
  bool is_plain = false;   ///< Tabs, no headings, no padding.
  bool has_colour = false; ///< Headings and field names stand out.
};

/// `body` is one JSON object, or JSON Lines. Each line of the text ends in \n; what is no JSON is
/// shown as it came. Control characters of texts are shown as \u001b and the like, so that an
/// event cannot steer a terminal.
std::string render(const std::string& body, const rendering& how);

} // namespace aiex::tool
