// How a struct says what it is stored as. Type name, schema version and field names are data, so
// that renaming in C++ never changes what is on disk.
//
//   struct withdrawn {
//     std::int64_t cents = 0;
//     static constexpr auto fields = aiex::fields("withdrawn", &withdrawn::cents, "cents");
//   };
//
// Every member is named, in order: a check counts them. A new member is a std::optional, or a new
// schema: `aiex::fields("withdrawn", aiex::schema{2}, …)` (actors/typed/event_rows.hpp).
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace aiex {

template <class Owner, class Value>
struct field {
  std::string_view name;
  Value Owner::*member;
};

template <class... Fields>
struct field_list {
  std::string_view type; ///< Stored as the event's type.
  std::uint32_t schema;
  std::tuple<Fields...> members;
};

/// The version of a struct's stored form, 1 unless said otherwise.
struct schema {
  std::uint32_t version;
};

template <class Owner, class Value>
constexpr field<Owner, Value> make_field(Value Owner::*member, std::string_view name) {
  return {name, member};
}

/// fields("withdrawn", schema{2}, &withdrawn::cents, "cents", …): each member with its stored name.
template <class... Parts>
constexpr auto fields(std::string_view type, schema stored, Parts... parts) {
  static_assert(
    sizeof...(Parts) % 2 == 0, "aiex: fields(type, &member, \"name\", ...) takes pairs");
  const auto flat = std::tuple{parts...};
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    const auto made = std::tuple{make_field(std::get<2 * I>(flat), std::get<2 * I + 1>(flat))...};
    return [&]<class... Fields>(const std::tuple<Fields...>& members) {
      return field_list<Fields...>{type, stored.version, members};
    }(made);
  }
  (std::make_index_sequence<sizeof...(Parts) / 2>{});
}

template <class... Parts>
constexpr auto fields(std::string_view type, Parts... parts) {
  return fields(type, schema{1}, parts...);
}

/// Has `fields`, and can be made as `T{}` without a constructor of its own.
template <class T>
concept described = std::is_aggregate_v<T> && requires {
  T::fields.type;
  T::fields.members;
};

template <class Enum, std::size_t Count>
using name_table = std::array<std::pair<Enum, std::string_view>, Count>;

/// An enum is stored by name. Beside the enum, or as a friend if it is nested:
/// `constexpr auto names(colour) { return aiex::enum_names(colour::red, "red", …); }`
template <class Enum, class... Parts>
constexpr auto enum_names(Enum first, Parts... parts) {
  const auto flat = std::tuple{first, parts...};
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    return name_table<Enum, sizeof...(I)>{
      {{std::get<2 * I>(flat), std::string_view{std::get<2 * I + 1>(flat)}}...}};
  }
  (std::make_index_sequence<(sizeof...(Parts) + 1) / 2>{});
}

template <class T>
concept named_enum = std::is_enum_v<T> && requires(T value) {
  names(value).begin()->second;
};

/// Types in a row: an aggregate's commands, its events.
template <class... Types>
struct list {};

} // namespace aiex
