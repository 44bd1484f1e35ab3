#include "aiex/actors/cluster/peer_frames.hpp"

#include "aiex/actors/runtime/frame.hpp"
#include "aiex/actors/runtime/node_protocol.hpp"
#include "aiex/persistence/codec/bytes.hpp"

#include <algorithm>

namespace aiex {

namespace {

enum class kind : std::uint8_t {
  part = 1,
  ack = 2,
  heartbeat = 3,
  introduce = 4,
  ping = 5,
  pong = 6,
};

constexpr std::uint8_t urgent_mark = 1;
constexpr std::uint8_t first_mark = 2;
constexpr std::uint8_t last_mark = 4;

struct frame_writer {
  bytes_writer& out;

  void begin(kind what) { out.u8(static_cast<std::uint8_t>(what)); }

  void operator()(const peer_part& part) {
    begin(kind::part);
    out.u8(static_cast<std::uint8_t>(part.channel));
    out.u8(
      static_cast<std::uint8_t>((part.is_urgent ? urgent_mark : 0) |
                                (part.is_first ? first_mark : 0) | (part.is_last ? last_mark : 0)));
    if (part.is_first)
      out.varint(part.message_bytes);
    out.raw(part.bytes);
  }
  void operator()(const peer_ack& ack) {
    begin(kind::ack);
    out.varint(ack.bytes);
  }
  void operator()(const peer_heartbeat& heartbeat) {
    begin(kind::heartbeat);
    const auto silence = std::clamp(heartbeat.silence, decltype(silence_max){0}, silence_max);
    out.varint(static_cast<std::uint64_t>(silence.count()));
  }
  void operator()(const peer_introduction& others) {
    begin(kind::introduce);
    const std::size_t count = std::min(others.all.size(), introduced_max);
    out.varint(count);
    for (std::size_t i = 0; i < count; ++i) {
      out.text(others.all[i].name);
      out.text(others.all[i].address);
    }
  }
  void operator()(const peer_ping& ping) {
    begin(kind::ping);
    out.u64(ping.number);
  }
  void operator()(const peer_pong& pong) {
    begin(kind::pong);
    out.u64(pong.number);
  }
};

tl::unexpected<error> broken(const char* rule) {
  return fail(errc::invalid_argument, rule);
}

result<peer_frame> read_part(bytes_reader& in) {
  const std::uint8_t channel = in.u8();
  const std::uint8_t marks = in.u8();
  if (channel != static_cast<std::uint8_t>(peer_channel::consensus) &&
      channel != static_cast<std::uint8_t>(peer_channel::store))
    return broken("it sent a message for a channel that there is not");
  if (marks > (urgent_mark | first_mark | last_mark))
    return broken("it sent a part with unknown marks");
  peer_part part{static_cast<peer_channel>(channel), (marks & urgent_mark) != 0,
    (marks & first_mark) != 0, (marks & last_mark) != 0, 0, {}};
  if (part.is_first)
    part.message_bytes = in.varint();
  if (part.message_bytes > peer_message_bytes_max)
    return broken("it announced a message larger than the limit");
  part.bytes = in.raw(in.remaining());
  return part;
}

result<peer_frame> read_introduction(bytes_reader& in) {
  const std::uint64_t count = in.varint();
  if (count > introduced_max)
    return broken("it introduced more nodes than there may be");
  peer_introduction others;
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    const std::string_view name = in.text();
    const std::string_view address = in.text();
    if (name.size() > node_name_bytes_max || address.size() > node_address_bytes_max)
      return broken("it introduced a node with too long a name or address");
    others.all.push_back({std::string{name}, std::string{address}});
  }
  return others;
}

result<peer_frame> read_heartbeat(bytes_reader& in) {
  const std::uint64_t silence = in.varint();
  if (silence > static_cast<std::uint64_t>(silence_max.count()))
    return broken("it sent a heartbeat with an impossible time");
  return peer_heartbeat{std::chrono::milliseconds{silence}};
}

result<peer_frame> read_frame(bytes_reader& in) {
  switch (static_cast<kind>(in.u8())) {
  case kind::part: return read_part(in);
  case kind::ack: return peer_ack{in.varint()};
  case kind::heartbeat: return read_heartbeat(in);
  case kind::introduce: return read_introduction(in);
  case kind::ping: return peer_ping{in.u64()};
  case kind::pong: return peer_pong{in.u64()};
  }
  return broken("it sent a frame of an unknown kind");
}

} // namespace

std::string encode(const peer_frame& frame) {
  std::string bytes;
  if (const auto* part = std::get_if<peer_part>(&frame))
    bytes.reserve(part->bytes.size() + part_overhead_bytes);
  bytes_writer out{bytes};
  std::visit(frame_writer{out}, frame);
  return bytes;
}

result<peer_frame> decode_peer_frame(std::string_view bytes) {
  if (bytes.size() > frame_bytes_max)
    return broken("it sent a frame larger than the limit");
  bytes_reader in{bytes};
  auto frame = read_frame(in);
  if (frame && (!in.ok() || in.remaining() != 0))
    return broken("it sent a frame that ends too early or too late");
  return frame;
}

} // namespace aiex
