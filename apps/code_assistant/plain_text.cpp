#include "code_assistant/plain_text.hpp"

#include "aiex/persistence/codec/utf8.hpp"

#include <algorithm>

namespace aiex::code_assistant {
namespace {

constexpr std::size_t character_bytes_max = 4;

bool is_printable(char byte) noexcept {
  return byte >= ' ' && byte != '\x7f';
}

/// Bytes of the character that `text` begins with; 0 if it begins with none. Not of ASCII.
std::size_t character_bytes(std::string_view text) noexcept {
  for (std::size_t length = 2; length <= std::min(text.size(), character_bytes_max); ++length)
    if (is_utf8(text.substr(0, length)))
      return length;
  return 0;
}

bool is_continuation(char byte) noexcept {
  return (static_cast<unsigned char>(byte) & 0xc0) == 0x80;
}

} // namespace

std::string plain_text(std::string_view bytes, std::size_t bytes_max) {
  std::string text;
  while (!bytes.empty() && text.size() < bytes_max) {
    const char byte = bytes.front();
    const bool ascii = static_cast<unsigned char>(byte) < 0x80;
    const auto length = ascii ? 0 : character_bytes(bytes);
    if (text.size() + length > bytes_max)
      break;
    if (length > 0)
      text += bytes.substr(0, length);
    else
      text += ascii && is_printable(byte) ? byte : '?';
    bytes.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return text;
}

std::size_t columns(std::string_view text) noexcept {
  const auto inner = std::count_if(text.begin(), text.end(), is_continuation);
  return text.size() - static_cast<std::size_t>(inner);
}

} // namespace aiex::code_assistant
