// What can be stored, checked at compile time: one mistake, one error, in words of the user's.
//
// Each check is a function whose template arguments name the culprit, with one static_assert; it
// returns what it asserted, and what builds on it stands behind `if constexpr`, so that nothing
// else fails because of the first mistake.
#pragma once

#include "aiex/persistence/codec/fields.hpp"

#include <array>
#include <concepts>
#include <optional>
#include <string>
#include <vector>

namespace aiex {

template <class T, class... Others>
concept one_of = (std::same_as<T, Others> || ...);

template <class T>
concept stored_integer = one_of<T, std::int8_t, std::uint8_t, std::int16_t, std::uint16_t,
  std::int32_t, std::uint32_t, std::int64_t, std::uint64_t>;

template <class T>
inline constexpr bool storable =
  stored_integer<T> || one_of<T, bool, double, std::string> || named_enum<T> || described<T>;
template <class T>
inline constexpr bool storable<std::optional<T>> = storable<T>;
template <class T>
inline constexpr bool storable<std::vector<T>> = storable<T>;

inline constexpr std::size_t stored_fields_max = 64; ///< Of one struct.

template <class Struct, class Member>
constexpr bool field_can_be_stored() {
  static_assert(storable<Member>,
    "aiex: this member cannot be stored; use bool, std::int*_t, double, std::string, an enum with "
    "names(), a struct with fields, or optional/vector of these");
  return storable<Member>;
}

template <class T, class... Members>
concept covers_members = requires {
  T{std::declval<Members>()...};
}
&& // in their order …
  !requires {
  T{std::declval<Members>()..., {}};
}; // … and not one more

template <class Struct, class... Owner, class... Member>
constexpr bool fields_are_sound(const std::tuple<field<Owner, Member>...>*) {
  constexpr bool complete =
    covers_members<Struct, Member...> && sizeof...(Member) <= stored_fields_max;
  static_assert(complete,
    "aiex: `fields` must name every member of the struct, in their order, and at most 64");
  if constexpr (complete)
    return (field_can_be_stored<Struct, Member>() && ...);
  else
    return false;
}

/// Names go into JSON as they are, so they hold nothing that JSON would escape; each stands once.
template <class... Field>
constexpr bool names_are_plain(const std::tuple<Field...>& members) {
  return std::apply(
    [](const auto&... each) {
      const std::array<std::string_view, sizeof...(Field)> all{each.name...};
      for (std::size_t i = 0; i < all.size(); ++i) {
        for (const char c : all[i])
          if (c < ' ' || c > '~' || c == '"' || c == '\\')
            return false;
        for (std::size_t j = 0; j < i; ++j)
          if (all[i] == all[j])
            return false;
      }
      return true;
    },
    members);
}

/// Whether `Struct` can be stored; if not, says why.
template <class Struct>
constexpr bool has_fields() {
  static_assert(described<Struct>,
    "aiex: this struct needs `static constexpr auto fields = aiex::fields(\"type\", "
    "&type::member, \"member\", ...)` and no base class or constructor");
  if constexpr (described<Struct>) {
    constexpr bool plain_names = names_are_plain(Struct::fields.members);
    static_assert(
      plain_names, "aiex: field names are printable ASCII without quotes, each of them once");
    using members = std::remove_const_t<decltype(Struct::fields.members)>;
    if constexpr (plain_names)
      return fields_are_sound<Struct>(static_cast<members*>(nullptr));
  }
  return false;
}

} // namespace aiex
