#include "aiex/persistence/storage/ordered_tables.hpp"

#include "aiex/persistence/base/limits.hpp"

#include <array>

namespace aiex {

namespace {

/// One byte longer than any key can be, and of the greatest byte.
constexpr auto greatest = [] {
  std::array<char, limits::key_bytes_max + 1> bytes{};
  bytes.fill('\xff');
  return bytes;
}();

} // namespace

std::string_view table_reader::after_all() noexcept {
  return {greatest.data(), greatest.size()};
}

} // namespace aiex
