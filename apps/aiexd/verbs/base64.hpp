// Bytes as text in JSON (RFC 4648, section 4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace aiex {

std::string to_base64(std::string_view bytes);

/// Nothing if it is not whole groups of four with their padding.
std::optional<std::string> from_base64(std::string_view text);

} // namespace aiex
