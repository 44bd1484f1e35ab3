#include "aiex/actors/cluster/basp_wire.hpp"

#include <algorithm>

namespace aiex::basp {

namespace {

constexpr std::string_view default_kind{"\x00\x00\x3e\x9a\xab\x9b\xac\x79", 8}; // atom("default")

constexpr std::uint64_t response_flag = 0x8000'0000'0000'0000;
constexpr std::uint64_t answered_flag = 0x4000'0000'0000'0000;
constexpr std::uint64_t stream_flag = 0x2000'0000'0000'0000;
constexpr std::uint64_t id_mask = 0x0fff'ffff'ffff'ffff;

bool all_zero(std::string_view bytes) noexcept {
  return std::all_of(bytes.begin(), bytes.end(), [](char byte) { return byte == 0; });
}

} // namespace

std::uint64_t big_endian(std::string_view bytes) noexcept {
  std::uint64_t value = 0;
  for (const char byte : bytes)
    value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

header read_header(std::string_view bytes) noexcept {
  return {
    .operation = static_cast<std::uint8_t>(bytes[0]),
    .padding = static_cast<std::uint16_t>(big_endian(bytes.substr(1, 2))),
    .flags = static_cast<std::uint8_t>(bytes[3]),
    .payload_bytes = static_cast<std::uint32_t>(big_endian(bytes.substr(4, 4))),
    .operation_data = big_endian(bytes.substr(8, 8)),
    .source = big_endian(bytes.substr(16, 8)),
    .receiver = big_endian(bytes.substr(24, 8)),
  };
}

bool is_node_id(std::string_view bytes) noexcept {
  return bytes.size() == node_id_bytes && bytes.starts_with(default_kind) &&
         !all_zero(bytes.substr(8, 4)) && !all_zero(bytes.substr(12));
}

bool is_request(std::uint64_t message_id) noexcept {
  return (message_id & id_mask) != 0 &&
         (message_id & (response_flag | answered_flag | stream_flag)) == 0;
}

bool is_response(std::uint64_t message_id) noexcept {
  return (message_id & id_mask) != 0 && (message_id & response_flag) != 0 &&
         (message_id & stream_flag) == 0;
}

} // namespace aiex::basp
