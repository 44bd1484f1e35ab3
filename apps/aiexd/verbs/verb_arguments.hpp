// The arguments of a verb: a JSON object whose keys are known, read by type with clear errors.
#pragma once

#include "aiex/persistence/base/error.hpp"
#include "aiex/persistence/base/uuid.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aiex {

/// Keeps the order of keys, for people.
using json_value = nlohmann::ordered_json;

/// Deeper is refused: reading it would cost stack.
inline constexpr int argument_depth_max = 128;

class verb_arguments {
public:
  /// An empty text is an empty object. Errors: invalid_argument (no JSON object, a key twice, an
  /// unknown key, too deep).
  static result<verb_arguments> parse(
    std::string_view text, std::span<const std::string_view> known);

  /// The same of a value inside, which `text` holds. `what` names it in errors.
  static result<verb_arguments> of(
    std::string text, std::span<const std::string_view> known, std::string_view what);

  /// Null counts as absent.
  bool has(std::string_view key) const { return find(key) != nullptr; }
  const json_value* find(std::string_view key) const;
  /// The value byte for byte as the caller gave it, null too: what is stored of it.
  std::optional<std::string> written(std::string_view key) const;

  // Nothing if absent. Errors: invalid_argument (of another type).
  result<std::optional<std::string>> text(std::string_view key) const;
  result<std::optional<std::uint64_t>> number(std::string_view key) const;
  result<bool> flag(std::string_view key) const; ///< Absent: false.
  /// A list of texts; a text alone is a list of one.
  result<std::vector<std::string>> texts(std::string_view key) const;
  /// Errors: invalid_id too.
  result<std::optional<uuid>> id(std::string_view key) const;

  /// Errors: missing_required_fields.
  result<std::string> required_text(std::string_view key) const;

private:
  verb_arguments(std::string text, json_value object)
      : text_(std::move(text)), object_(std::move(object)) {}

  std::string text_;
  json_value object_;
};

/// As JSON on one line; what is not UTF-8 is replaced.
std::string to_text(const json_value& value);

/// A text as JSON: in quotes, escaped.
std::string json_text(std::string_view text);

} // namespace aiex
