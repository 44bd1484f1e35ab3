#pragma once

#include "aiex/persistence/base/error.hpp"

#include <string_view>

namespace aiex {

/// Whether `text` is exactly one JSON value (RFC 8259), checked to the last byte. A whole number
/// beyond 64 bits and one beyond a double's range are refused: whoever reads it would get another.
/// Errors: invalid_data, with the parser's words.
result<void> check_json(std::string_view text);

/// The same, and an object.
result<void> check_json_object(std::string_view text);

} // namespace aiex
