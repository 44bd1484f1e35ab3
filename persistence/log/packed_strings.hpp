#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace aiex {

/// A few strings of 1 to 255 bytes in one piece of memory, each behind a byte that holds its
/// length: how an event's tags are stored and read without an allocation.
class packed_strings {
public:
  constexpr packed_strings() = default;

  /// Precondition: `is_well_formed(bytes)`.
  explicit constexpr packed_strings(std::string_view bytes) : bytes_(bytes) {}

  static constexpr bool is_well_formed(std::string_view bytes) noexcept {
    while (!bytes.empty()) {
      const auto length = static_cast<unsigned char>(bytes.front());
      if (length == 0 || bytes.size() < std::size_t{1} + length)
        return false;
      bytes.remove_prefix(std::size_t{1} + length);
    }
    return true;
  }

  class iterator {
  public:
    explicit constexpr iterator(const char* at) : at_(at) {}
    constexpr std::string_view operator*() const { return {at_ + 1, length()}; }
    constexpr iterator& operator++() {
      at_ += 1 + length();
      return *this;
    }
    constexpr bool operator==(const iterator&) const = default;

  private:
    constexpr std::size_t length() const { return static_cast<unsigned char>(*at_); }
    const char* at_;
  };

  constexpr iterator begin() const { return iterator{bytes_.data()}; }
  constexpr iterator end() const { return iterator{bytes_.data() + bytes_.size()}; }
  constexpr bool empty() const noexcept { return bytes_.empty(); }
  constexpr std::string_view bytes() const noexcept { return bytes_; }

  constexpr bool contains(std::string_view wanted) const {
    for (const std::string_view each : *this)
      if (each == wanted)
        return true;
    return false;
  }

  /// Precondition: each of 1 to 255 bytes.
  static std::string pack(const std::vector<std::string>& strings) {
    std::string packed;
    for (const std::string& each : strings)
      (packed += static_cast<char>(each.size())) += each;
    return packed;
  }

private:
  std::string_view bytes_;
};

} // namespace aiex
