#include "aiex/actors/cluster/peer_wire.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

namespace aiex {
namespace {

constexpr auto consensus = peer_channel::consensus;
constexpr auto store = peer_channel::store;
const peer_wire_limits small{
  .frame_bytes = 116, .window_bytes = 1'000, .queue_bytes = 20'000, .message_bytes = 5'000};

using message = peer_wire::message;

/// The part that a frame holds; the frame must live as long.
peer_part part_of(const std::string& frame) {
  const auto read = decode_peer_frame(frame);
  REQUIRE(read);
  REQUIRE(std::holds_alternative<peer_part>(*read));
  return std::get<peer_part>(*read);
}

/// Carries all that may go, and the acknowledgements back, until nothing is left.
std::vector<message> carry(peer_wire& from, peer_wire& to) {
  std::vector<message> arrived;
  for (;;) {
    bool has_moved = false;
    while (const auto frame = from.next_frame()) {
      CHECK(frame->size() <= small.frame_bytes);
      auto taken = to.take(part_of(*frame));
      REQUIRE(taken);
      if (*taken)
        arrived.push_back(std::move(**taken));
      has_moved = true;
    }
    if (const auto ack = to.acknowledgement(true)) {
      REQUIRE(from.take(*ack));
      has_moved = true;
    }
    if (!has_moved)
      return arrived;
  }
}

TEST_CASE("peer_wire: messages of all sizes arrive whole and in order") {
  peer_wire from{small};
  peer_wire to{small};
  std::vector<message> sent;
  for (const std::size_t size : {0, 1, 99, 100, 101, 200, 5'000})
    sent.push_back({store, false, std::string(size, 'x')});
  for (const message& each : sent)
    REQUIRE(from.send(each));
  CHECK(carry(from, to) == sent);
  CHECK(from.queued_bytes() == 0);
  CHECK(from.unacknowledged_bytes() == 0);
}

TEST_CASE("peer_wire: what is urgent overtakes, also a message that is half sent") {
  peer_wire from{small};
  peer_wire to{small};
  REQUIRE(from.send({store, false, std::string(500, 'x')}));
  const auto first = from.next_frame();
  REQUIRE(first);
  REQUIRE(to.take(part_of(*first)));
  REQUIRE(from.send({store, true, "vote"}));
  REQUIRE(from.send({consensus, true, "heartbeat"}));
  const auto arrived = carry(from, to);
  REQUIRE(arrived.size() == 3);
  CHECK(arrived[0].bytes == "vote");
  CHECK(arrived[1].bytes == "heartbeat");
  CHECK(arrived[2].bytes == std::string(500, 'x'));
}

TEST_CASE("peer_wire: the channels take turns") {
  peer_wire from{small};
  REQUIRE(from.send({store, false, std::string(1'000, 's')}));
  REQUIRE(from.send({consensus, false, std::string(1'000, 'c')}));
  std::string letters;
  std::vector<std::string> frames;
  for (int i = 0; i < 6; ++i) {
    frames.push_back(*from.next_frame());
    letters += part_of(frames.back()).bytes.front();
  }
  CHECK((letters == "cscscs" || letters == "scscsc"));
}

TEST_CASE("peer_wire: no more than a window is under way, but urgent words go a frame beyond") {
  peer_wire from{small};
  peer_wire to{small};
  REQUIRE(from.send({store, false, std::string(5'000, 'x')}));
  while (const auto frame = from.next_frame())
    REQUIRE(to.take(part_of(*frame)));
  CHECK(from.unacknowledged_bytes() >= small.window_bytes);
  CHECK(from.unacknowledged_bytes() < small.window_bytes + small.frame_bytes);
  REQUIRE(from.send({store, true, "vote"}));
  CHECK(from.next_frame());
  for (int i = 0; i < 20; ++i)
    REQUIRE(from.send({store, true, std::string(100, 'v')}));
  while (from.next_frame()) {
  }
  CHECK(from.unacknowledged_bytes() < small.window_bytes + 2 * small.frame_bytes);
  REQUIRE(from.take(*to.acknowledgement(true)));
  CHECK(from.next_frame());
}

TEST_CASE("peer_wire: acknowledges in steps, and what is left when it is asked to") {
  peer_wire to{small};
  CHECK_FALSE(to.acknowledgement(true));
  REQUIRE(to.take({store, false, true, true, 50, std::string_view{std::string(50, 'x')}}));
  CHECK_FALSE(to.acknowledgement(false));
  const std::string more(60, 'x');
  REQUIRE(to.take({store, false, true, true, 60, more}));
  CHECK(to.acknowledgement(false));
  CHECK_FALSE(to.acknowledgement(true));
}

TEST_CASE("peer_wire: the queue and messages are limited") {
  peer_wire from{small};
  const auto too_large = from.send({store, false, std::string(5'001, 'x')});
  REQUIRE_FALSE(too_large);
  CHECK(too_large.error().code == errc::data_too_large);
  const auto unknown = from.send({static_cast<peer_channel>(9), false, ""});
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().code == errc::invalid_argument);
  for (int i = 0; i < 3; ++i)
    REQUIRE(from.send({store, false, std::string(5'000, 'x')}));
  const auto too_much = from.send({store, false, std::string(5'000, 'x')});
  REQUIRE_FALSE(too_much);
  CHECK(too_much.error().code == errc::overloaded);
}

TEST_CASE("peer_wire: parts that break a rule are refused") {
  const peer_part first{store, false, true, false, 6, "abc"};
  struct example {
    const char* name;
    std::vector<peer_part> before;
    peer_part bad;
  };
  const example table[] = {
    {"a message over the limit", {}, {store, false, true, false, 5'001, "x"}},
    {"a part without a beginning", {}, {store, false, false, true, 0, "x"}},
    {"a beginning in the middle", {first}, first},
    {"a part of another urgency", {first}, {store, true, false, true, 0, "def"}},
    {"a part of another channel", {first}, {consensus, false, false, true, 0, "def"}},
    {"more than announced", {first}, {store, false, false, true, 0, "defg"}},
    {"less than announced", {first}, {store, false, false, true, 0, "de"}},
    {"all, and no end", {first}, {store, false, false, false, 0, "def"}},
    {"an empty part", {first}, {store, false, false, false, 0, ""}},
    {"an empty message that goes on", {}, {store, false, true, false, 0, ""}},
    {"no such channel", {}, {static_cast<peer_channel>(9), false, true, true, 0, ""}},
  };
  for (const auto& row : table) {
    CAPTURE(row.name);
    peer_wire to{small};
    for (const peer_part& each : row.before)
      REQUIRE(to.take(each));
    CHECK_FALSE(to.take(row.bad));
  }
}

TEST_CASE("peer_wire: acknowledgements of what was not sent are refused") {
  peer_wire from{small};
  CHECK_FALSE(from.take(peer_ack{1}));
  REQUIRE(from.send({store, false, "x"}));
  REQUIRE(from.next_frame());
  const auto sent = from.unacknowledged_bytes();
  CHECK_FALSE(from.take(peer_ack{sent + 1}));
  CHECK(from.take(peer_ack{sent}));
  CHECK_FALSE(from.take(peer_ack{sent - 1}));
}

// Both ends at once, at random: nothing is lost, doubled or out of order within its lane.
TEST_CASE("peer_wire: any traffic arrives in order") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random{seed};
    peer_wire from{small};
    peer_wire to{small};
    std::map<std::pair<int, bool>, std::vector<std::string>> sent;
    std::map<std::pair<int, bool>, std::vector<std::string>> arrived;
    for (int i = 0; i < 2'000; ++i) {
      switch (random() % 4) {
      case 0: {
        message next{random() % 2 == 0 ? store : consensus, random() % 4 == 0,
          std::to_string(i) + std::string(random() % 400, 'x')};
        if (from.send(next))
          sent[{static_cast<int>(next.channel), next.is_urgent}].push_back(next.bytes);
        break;
      }
      case 1:
      case 2:
        if (const auto frame = from.next_frame()) {
          auto taken = to.take(part_of(*frame));
          REQUIRE(taken);
          if (*taken)
            arrived[{static_cast<int>((*taken)->channel), (*taken)->is_urgent}].push_back(
              (*taken)->bytes);
        }
        break;
      default:
        if (const auto ack = to.acknowledgement(random() % 2 == 0))
          REQUIRE(from.take(*ack));
      }
    }
    for (const message& each : carry(from, to))
      arrived[{static_cast<int>(each.channel), each.is_urgent}].push_back(each.bytes);
    CHECK(arrived == sent);
  }
}

} // namespace
} // namespace aiex
