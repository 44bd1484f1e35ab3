#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace aiex::code_assistant {

inline constexpr std::size_t path_bytes_max = 4'096; ///< PATH_MAX

/// `bytes` as text that may be stored and printed: UTF-8 without control characters, each byte that
/// is neither replaced by '?', no more than `bytes_max` bytes and no character cut in two.
std::string plain_text(std::string_view bytes, std::size_t bytes_max);

/// Characters, which is columns for most scripts.
std::size_t columns(std::string_view text) noexcept;

} // namespace aiex::code_assistant
