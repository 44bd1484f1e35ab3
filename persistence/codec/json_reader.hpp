// Described structs from JSON, without a document in between: simdjson walks through the text once
// and hands each field to the decoder of its struct. simdjson itself is included by one source.
//
// Strict about what is asked for, lenient about what is not: a field that the struct does not have
// is skipped, because a newer program wrote it; one that it has must be there, of its type, once.
#pragma once

#include "aiex/persistence/base/error.hpp"
#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/codec/storable.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aiex {

/// Why a text does not hold a struct.
enum class json_fault : std::uint8_t {
  none,
  malformed,     ///< Not JSON, not UTF-8, or bytes after the end.
  repeated,      ///< A field stands twice.
  wrong_type,    ///< JSON, but something else than the struct says.
  out_of_range,  ///< A number too large for its member.
  missing_field, ///< Only std::optional members may be absent.
  unknown_name,  ///< An enum value that this program does not know.
};

/// A value in a text that is being read.
class json_element {
public:
  json_fault read(bool& into);
  json_fault read(std::int64_t& into);
  json_fault read(std::uint64_t& into);
  json_fault read(double& into);
  json_fault read(std::string_view& into); ///< Valid until the reader's next text.
  bool is_null();

  using on_field = json_fault (*)(void* into, std::string_view name, json_element& value);
  using on_item = json_fault (*)(void* into, json_element& value);
  json_fault each_field(void* into, on_field handle);
  json_fault each_item(void* into, on_item handle);

private:
  friend struct json_access;
  alignas(8) std::byte place_[24]{}; // a simdjson value; checked in json_reader.cpp
};

/// Reads one text after another; keeps its buffers. Thread: one at a time.
class json_reader {
public:
  /// Beyond it: data_too_large. Snapshots are the largest texts there are.
  static constexpr std::size_t json_bytes_max = limits::snapshot_bytes_max;

  json_reader();
  ~json_reader();
  json_reader(json_reader&&) noexcept;
  json_reader& operator=(json_reader&&) noexcept;

  /// The text is exactly one object that holds a `T`. After an error `into` is half filled.
  /// Errors: invalid_data (which field, and why), data_too_large.
  template <described T>
  result<void> read(std::string_view json, T& into);

private:
  result<void> read_document(std::string_view json, void* into, json_element::on_field handle,
    std::string_view (*missing)(const void* into), std::string_view type);

  struct parts;
  std::unique_ptr<parts> parts_;
};

// -- decoders, one per type ----------------------------------------------------------------------

template <class T>
json_fault read_json(json_element& from, T& into);

template <class T>
json_fault read_json(json_element& from, std::optional<T>& into) {
  if (!from.is_null())
    return read_json(from, into.emplace());
  into.reset();
  return json_fault::none;
}

template <class T>
json_fault read_json(json_element& from, std::vector<T>& into) {
  into.clear();
  return from.each_item(&into, [](void* items, json_element& value) {
    T item{};
    const json_fault fault = read_json(value, item);
    static_cast<std::vector<T>*>(items)->push_back(std::move(item));
    return fault;
  });
}

/// A struct being filled: which of its fields have been seen, one bit each.
template <described T>
struct struct_filling {
  static constexpr std::size_t count = std::tuple_size_v<decltype(T::fields.members)>;

  T& value;
  std::uint64_t seen = 0;

  static json_fault on_field(void* self, std::string_view name, json_element& from) {
    auto& filling = *static_cast<struct_filling*>(self);
    json_fault fault = json_fault::none;
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      static_cast<void>((filling.template takes<I>(name, from, fault) || ...));
    }
    (std::make_index_sequence<count>{});
    return fault;
  }

  /// The first field that should have been there, or "".
  static std::string_view missing(const void* self) {
    [[maybe_unused]] const auto& filling = *static_cast<const struct_filling*>(self);
    std::string_view name;
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      static_cast<void>((filling.template lacks<I>(name) || ...));
    }
    (std::make_index_sequence<count>{});
    return name;
  }

private:
  template <std::size_t I>
  bool takes([[maybe_unused]] std::string_view name, json_element& from, json_fault& fault) {
    constexpr auto& here = std::get<I>(T::fields.members);
    if (name != here.name)
      return false;
    const std::uint64_t bit = std::uint64_t{1} << I;
    fault = (seen & bit) != 0 ? json_fault::repeated : read_json(from, value.*here.member);
    seen |= bit;
    return true;
  }

  template <std::size_t I>
  bool lacks(std::string_view& name) const {
    constexpr bool is_optional = requires(T & one) {
      (one.*std::get<I>(T::fields.members).member).has_value();
    };
    if (is_optional || ((seen >> I) & 1) != 0)
      return false;
    name = std::get<I>(T::fields.members).name;
    return true;
  }
};

template <class Enum>
json_fault read_name(std::string_view text, Enum& into) {
  for (const auto& [known, name] : names(Enum{}))
    if (name == text) {
      into = known;
      return json_fault::none;
    }
  return json_fault::unknown_name;
}

template <stored_integer T>
json_fault read_integer(json_element& from, T& into) {
  std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t> wide{};
  const json_fault fault = from.read(wide);
  into = static_cast<T>(wide);
  return fault == json_fault::none && !std::in_range<T>(wide) ? json_fault::out_of_range : fault;
}

template <class T>
json_fault read_json(json_element& from, T& into) {
  if constexpr (described<T>) {
    struct_filling<T> filling{into};
    const json_fault fault = from.each_field(&filling, struct_filling<T>::on_field);
    const bool lacks_one = fault == json_fault::none && !filling.missing(&filling).empty();
    return lacks_one ? json_fault::missing_field : fault;
  } else if constexpr (stored_integer<T>) {
    return read_integer(from, into);
  } else if constexpr (std::same_as<T, std::string> || named_enum<T>) {
    std::string_view text;
    const json_fault fault = from.read(text);
    if (fault != json_fault::none)
      return fault;
    if constexpr (named_enum<T>)
      return read_name(text, into);
    else
      into.assign(text);
    return json_fault::none;
  } else {
    return from.read(into);
  }
}

template <described T>
result<void> json_reader::read(std::string_view json, T& into) {
  struct_filling<T> filling{into};
  return read_document(
    json, &filling, struct_filling<T>::on_field, struct_filling<T>::missing, T::fields.type);
}

} // namespace aiex
