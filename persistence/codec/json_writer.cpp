#include "aiex/persistence/codec/json_writer.hpp"

#include "aiex/persistence/codec/utf8.hpp"

#include <charconv>
#include <cmath>

namespace aiex {

namespace {

template <class Number>
void append_number(std::string& out, Number number) {
  std::array<char, 32> digits{}; // the longest double in its shortest form has 24
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

} // namespace

void json_writer::value(std::int64_t given) {
  append_number(out_, given);
}

void json_writer::value(std::uint64_t given) {
  append_number(out_, given);
}

void json_writer::value(double given) {
  if (!std::isfinite(given))
    return fail_with("JSON has no NaN and no infinity");
  append_number(out_, given);
}

void json_writer::value(std::string_view given) {
  if (!is_utf8(given))
    return fail_with("only UTF-8 can be stored as text");
  constexpr std::string_view hex = "0123456789abcdef";
  out_ += '"';
  for (const char c : given) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      (out_ += '\\') += c;
    else if (byte >= 0x20)
      out_ += c;
    else
      (out_.append("\\u00") += hex[byte >> 4]) += hex[byte & 15];
  }
  out_ += '"';
}

void json_writer::fail_with(std::string_view why) {
  if (failure_.empty())
    failure_ = "field '" + std::string{member_} + "': " + std::string{why};
}

result<void> json_writer::outcome() const {
  if (failure_.empty())
    return {};
  return fail(errc::invalid_data, failure_);
}

} // namespace aiex
