// Bytes of our own formats: little endian numbers, LEB128 varints, texts behind their length.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace aiex {

/// Appends to a string. Cannot fail.
class bytes_writer {
public:
  explicit bytes_writer(std::string& out) : out_(out) {}

  void u8(std::uint8_t value) { out_ += static_cast<char>(value); }
  void u16(std::uint16_t value) { fixed(value, 2); }
  void u32(std::uint32_t value) { fixed(value, 4); }
  void u64(std::uint64_t value) { fixed(value, 8); }

  /// Seven bits a byte, lowest first, at most ten bytes.
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7)
      u8(static_cast<std::uint8_t>(value | 0x80));
    u8(static_cast<std::uint8_t>(value));
  }

  void raw(std::string_view bytes) { out_.append(bytes); }

  /// A varint that holds the length, then the bytes.
  void text(std::string_view bytes) {
    varint(bytes.size());
    raw(bytes);
  }

private:
  void fixed(std::uint64_t value, std::size_t bytes) {
    std::array<char, 8> little_endian{};
    for (std::size_t i = 0; i < little_endian.size(); ++i)
      little_endian[i] = static_cast<char>(value >> (8 * i) & 0xff);
    out_.append(little_endian.data(), bytes);
  }

  std::string& out_;
};

/// Reads what a `bytes_writer` wrote, from bytes that nobody vouches for: never beyond their end.
/// After the first failure `ok()` is false for good, and zeros and empty texts are answered.
class bytes_reader {
public:
  explicit bytes_reader(std::string_view bytes) : left_(bytes) {}

  std::uint8_t u8() { return static_cast<std::uint8_t>(fixed(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(fixed(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(fixed(4)); }
  std::uint64_t u64() { return fixed(8); }

  /// Fails also on more than ten bytes, on bits beyond 64 and on a longer form than needed.
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const std::uint8_t byte = u8();
      if (shift == 63 && byte > 1)
        break;
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) {
        if (byte == 0 && shift > 0)
          break;
        return value;
      }
    }
    return refuse();
  }

  std::string_view raw(std::size_t count) {
    if (count > left_.size()) {
      refuse();
      return {};
    }
    const std::string_view bytes = left_.substr(0, count);
    left_.remove_prefix(count);
    return bytes;
  }

  std::string_view text() { return raw(varint()); }

  bool ok() const noexcept { return ok_; }
  std::size_t remaining() const noexcept { return left_.size(); }

private:
  std::uint64_t fixed(std::size_t count) {
    const std::string_view bytes = raw(count);
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i)
      value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
    return value;
  }

  std::uint64_t refuse() {
    ok_ = false;
    left_ = {};
    return 0;
  }

  std::string_view left_;
  bool ok_ = true;
};

} // namespace aiex
