#include "aiex/supervision/port/port_core.hpp"

#include <algorithm>

namespace aiex {

namespace {

constexpr std::size_t header_bytes = 4;
constexpr unsigned byte_bits = 8;

std::string framed(std::string_view bytes) {
  std::string frame;
  frame.reserve(header_bytes + bytes.size());
  for (std::size_t i = header_bytes; i-- > 0;)
    frame += static_cast<char>(bytes.size() >> (byte_bits * i) & 0xff);
  return frame += bytes;
}

std::size_t length_of(std::string_view header) {
  std::size_t length = 0;
  for (std::size_t i = 0; i < header_bytes; ++i)
    length = length << byte_bits | static_cast<unsigned char>(header[i]);
  return length;
}

} // namespace

port_outcome port_outbox::add(std::string_view bytes) {
  if (is_closed_)
    return port_outcome::closed;
  if (bytes.size() > limits_.frame_bytes_max || bytes.size() > UINT32_MAX)
    return port_outcome::too_large;
  if (waiting_.size() >= limits_.unsent_frames_max)
    return port_outcome::overloaded;
  waiting_.push_back(framed(bytes));
  return port_outcome::ok;
}

std::string_view port_outbox::next() const noexcept {
  return waiting_.empty() ? std::string_view{} : std::string_view{waiting_.front()}.substr(sent_);
}

void port_outbox::written(std::size_t bytes) {
  sent_ += bytes;
  if (!waiting_.empty() && sent_ == waiting_.front().size()) {
    waiting_.pop_front();
    sent_ = 0;
  }
}

tl::expected<std::optional<std::string>, std::string> port_inbox::next() {
  const std::string_view rest = std::string_view{bytes_}.substr(taken_);
  if (rest.size() < header_bytes)
    return std::nullopt;
  const std::size_t length = length_of(rest);
  if (length > limits_.frame_bytes_max)
    return tl::unexpected("the program announces a frame of " + std::to_string(length) +
                          " bytes; at most " + std::to_string(limits_.frame_bytes_max) +
                          " are taken: let it send smaller ones, each behind its length of 4 "
                          "bytes");
  if (rest.size() < header_bytes + length)
    return std::nullopt;
  std::string frame{rest.substr(header_bytes, length)};
  taken_ += header_bytes + length;
  if (taken_ >= bytes_.size() / 2) { // each byte is moved a few times at most
    bytes_.erase(0, taken_);
    taken_ = 0;
  }
  return frame;
}

} // namespace aiex
