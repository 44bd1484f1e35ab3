#include "aiex/supervision/process/state_view.hpp"

namespace aiex {

namespace {

/// The second to the last byte of a character.
bool goes_on(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

} // namespace

std::string quoted(std::string_view text) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string made = "\"";
  for (const char each : text) {
    const auto byte = static_cast<unsigned char>(each);
    if (each == '"' || each == '\\')
      (made += '\\') += each;
    else if (byte < 0x20U)
      ((made += "\\u00") += digits[byte >> 4U]) += digits[byte & 0xFU];
    else
      made += each;
  }
  return made + '"';
}

std::string cut_to(std::string text, std::size_t bytes_max) {
  if (text.size() <= bytes_max)
    return text;
  const std::string mark = "… (cut: " + std::to_string(text.size()) + " bytes in all)";
  std::size_t kept = bytes_max > mark.size() ? bytes_max - mark.size() : 0;
  while (kept > 0 && goes_on(text[kept]))
    --kept;
  text.resize(kept);
  return text + mark;
}

} // namespace aiex
