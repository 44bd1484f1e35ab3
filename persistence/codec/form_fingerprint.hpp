#pragma once

#include "aiex/persistence/codec/storable.hpp"

#include <optional>
#include <vector>

namespace aiex {

/// FNV-1a, 64 bits (G. Fowler, L. C. Noll, K.-P. Vo): small, and the same in every program.
class form_hash {
public:
  constexpr void add(std::string_view text) {
    for (const char c : text)
      add_byte(static_cast<unsigned char>(c));
    add_byte(0xff); // not UTF-8: no two lists of texts look alike
  }
  constexpr void add(std::uint64_t number) {
    for (int shift = 0; shift < 64; shift += 8)
      add_byte(static_cast<unsigned char>(number >> shift));
  }
  constexpr std::uint64_t value() const { return value_; }

private:
  constexpr void add_byte(unsigned char byte) { value_ = (value_ ^ byte) * 0x0000'0100'0000'01b3; }

  std::uint64_t value_ = 0xcbf2'9ce4'8422'2325;
};

template <class T>
constexpr void add_form(form_hash& hash);

template <class T>
struct form_of {
  static constexpr void add(form_hash& hash) {
    if constexpr (described<T>) {
      hash.add(T::fields.type);
      hash.add(std::uint64_t{T::fields.schema});
      std::apply(
        [&]<class... Owner, class... Member>(const field<Owner, Member>&... each) {
          ((hash.add(each.name), add_form<Member>(hash)), ...);
        },
        T::fields.members);
      hash.add("end");
    } else if constexpr (named_enum<T>) {
      for (const auto& [value, name] : names(T{}))
        hash.add(name);
      hash.add("end");
    } else if constexpr (std::same_as<T, bool>) {
      hash.add("bool");
    } else if constexpr (std::same_as<T, double>) {
      hash.add("double");
    } else if constexpr (std::same_as<T, std::string>) {
      hash.add("text");
    } else {
      hash.add(std::is_signed_v<T> ? "integer" : "natural");
      hash.add(std::uint64_t{sizeof(T)});
    }
  }
};

template <class T>
struct form_of<std::optional<T>> {
  static constexpr void add(form_hash& hash) {
    hash.add("optional");
    add_form<T>(hash);
  }
};

template <class T>
struct form_of<std::vector<T>> {
  static constexpr void add(form_hash& hash) {
    hash.add("list");
    add_form<T>(hash);
  }
};

template <class T>
constexpr void add_form(form_hash& hash) {
  form_of<T>::add(hash);
}

/// Identifies the stored form of a struct: its type, schema, fields and theirs. What was saved in
/// another form is not read but made anew. Never 0.
template <described T>
constexpr std::uint64_t form_fingerprint() {
  form_hash hash;
  add_form<T>(hash);
  return hash.value() == 0 ? 1 : hash.value();
}

} // namespace aiex
