// What the codes of errors mean: `aiex explain CODE`.
#pragma once

#include "aiex/persistence/base/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace aiex::tool {

struct explanation {
  errc code = errc::io;
  std::string_view meaning{};
  std::string_view what_to_do{};
};

/// One for each code, in the order of their numbers.
const std::vector<explanation>& explanations();

/// By its name, as it stands in brackets behind an error. Errors: invalid_argument.
result<explanation> explain(std::string_view code);

/// {"code","exit","meaning","what_to_do"}, ended by \n.
std::string to_line(const explanation& row);

} // namespace aiex::tool
