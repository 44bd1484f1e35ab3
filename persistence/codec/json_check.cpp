#include "aiex/persistence/codec/json_check.hpp"

#include "aiex/persistence/codec/utf8.hpp"

#include <simdjson.h>

namespace aiex {

namespace {

constexpr std::size_t depth_max = 128;

/// The parser's tape is the proof that every byte was looked at: on-demand parsing skips.
result<simdjson::dom::element> parse(std::string_view text, simdjson::dom::parser& parser) {
  simdjson::dom::element root;
  auto failed = parser.allocate(std::max<std::size_t>(text.size(), 1), depth_max);
  if (failed == simdjson::SUCCESS)
    failed = parser.parse(text.data(), text.size()).get(root);
  if (failed == simdjson::NUMBER_ERROR)
    return fail(errc::invalid_data,
      "a number in it is none, or larger than 64 bits or a double can hold; write it as a text");
  if (failed != simdjson::SUCCESS)
    return fail(errc::invalid_data, simdjson::error_message(failed));
  return root;
}

} // namespace

bool is_utf8(std::string_view text) noexcept {
  return simdjson::validate_utf8(text.data(), text.size());
}

result<void> check_json(std::string_view text) {
  simdjson::dom::parser parser;
  const auto root = parse(text, parser);
  return root ? result<void>{} : tl::unexpected(root.error());
}

result<void> check_json_object(std::string_view text) {
  simdjson::dom::parser parser;
  const auto root = parse(text, parser);
  if (!root)
    return tl::unexpected(root.error());
  if (!root->is_object())
    return fail(errc::invalid_data, "it is not an object: { … }");
  return {};
}

} // namespace aiex
