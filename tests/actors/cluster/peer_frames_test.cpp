#include "aiex/actors/cluster/peer_frames.hpp"
#include "aiex/actors/runtime/frame.hpp"

#include <doctest/doctest.h>

#include <random>

namespace aiex {
namespace {

using namespace std::chrono_literals;

std::vector<peer_frame> one_of_each() {
  return {
    peer_part{peer_channel::consensus, false, true, true, 5, "hello"},
    peer_part{peer_channel::store, true, true, false, 1'000'000, "begin"},
    peer_part{peer_channel::store, true, false, false, 0, "middle"},
    peer_part{peer_channel::store, false, false, true, 0, ""},
    peer_ack{0},
    peer_ack{1ULL << 60},
    peer_heartbeat{0ms},
    peer_heartbeat{silence_max},
    peer_introduction{},
    peer_introduction{{{"n1", "10.0.0.1:1"}, {"", "[::1]:2"}}},
    peer_ping{7},
    peer_pong{~0ULL},
  };
}

TEST_CASE("peer_frames: each kind comes back as it was") {
  for (const peer_frame& frame : one_of_each()) {
    CAPTURE(frame.index());
    const std::string bytes = encode(frame);
    const auto read = decode_peer_frame(bytes);
    REQUIRE(read);
    CHECK(*read == frame);
  }
}

TEST_CASE("peer_frames: what breaks a rule is refused, with a reason") {
  struct example {
    const char* name;
    std::string bytes;
    const char* words;
  };
  const auto part = [](peer_channel channel, std::uint64_t bytes) {
    return encode(peer_part{channel, false, true, false, bytes, "x"});
  };
  std::string marked = part(peer_channel::store, 9);
  marked[2] = 8;
  peer_introduction crowd;
  crowd.all.assign(introduced_max, {"n", "a"});
  std::string too_many = encode(crowd);
  too_many[1] = static_cast<char>(too_many[1] + 1); // the count's lowest bits
  const example table[] = {
    {"nothing", "", "unknown kind"},
    {"kind 0", std::string(1, '\0'), "unknown kind"},
    {"kind 7", "\x07", "unknown kind"},
    {"channel 3", part(static_cast<peer_channel>(3), 9), "channel that there is not"},
    {"unknown marks", marked, "unknown marks"},
    {"a message over the limit", part(peer_channel::store, peer_message_bytes_max + 1),
      "larger than the limit"},
    {"a frame over the limit", std::string(frame_bytes_max + 1, '\1'), "larger than the limit"},
    {"too many nodes", too_many, "more nodes"},
    {"too long a name", encode(peer_introduction{{{std::string(256, 'n'), "a"}}}),
      "too long a name"},
    {"an ack without a number", "\x02", "too early"},
    {"an ack and more", encode(peer_ack{1}) + "x", "too late"},
    {"an impossible silence", std::string("\x03\xff\xff\xff\xff\x7f"), "impossible time"},
    {"half a ping", encode(peer_ping{1}).substr(0, 5), "too early"},
  };
  for (const auto& row : table) {
    CAPTURE(row.name);
    const auto read = decode_peer_frame(row.bytes);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == errc::invalid_argument);
    CHECK_MESSAGE(read.error().message.find(row.words) != std::string::npos, read.error().message);
  }
}

TEST_CASE("peer_frames: an introduction names no more than there may be") {
  peer_introduction crowd;
  crowd.all.assign(introduced_max + 5, {"n", "a"});
  const std::string bytes = encode(crowd);
  const auto read = decode_peer_frame(bytes);
  REQUIRE(read);
  CHECK(std::get<peer_introduction>(*read).all.size() == introduced_max);
}

// Whatever comes is refused or is a frame that means the same when it is written again.
TEST_CASE("peer_frames: mutated and random bytes") {
  std::mt19937_64 random{1};
  const auto draw = [&](std::size_t below) { return random() % below; };
  const auto good = one_of_each();
  std::size_t read_well = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes = encode(good[draw(good.size())]);
    if (draw(4) == 0)
      bytes.assign(draw(40), '\0');
    for (auto changes = draw(5); changes > 0 && !bytes.empty(); --changes)
      switch (draw(3)) {
      case 0: bytes[draw(bytes.size())] = static_cast<char>(random()); break;
      case 1: bytes.erase(draw(bytes.size()), 1 + draw(4)); break;
      default: bytes.insert(draw(bytes.size()), 1, static_cast<char>(random()));
      }
    const auto read = decode_peer_frame(bytes);
    if (!read)
      continue;
    ++read_well;
    const std::string again = encode(*read);
    const auto reread = decode_peer_frame(again);
    REQUIRE(reread);
    CHECK(*reread == *read);
  }
  CHECK(read_well > 1'000);
}

} // namespace
} // namespace aiex
