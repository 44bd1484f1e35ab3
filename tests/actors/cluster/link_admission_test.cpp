#include "aiex/actors/cluster/link_admission.hpp"

#include "support/basp_bytes.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

using namespace std::chrono_literals;

constexpr link_limits small{.links_max = 2, .pending_max = 3, .handshake_deadline = 100ms};
constexpr link_admission::time_point start{1s};

basp::node_id node(std::uint32_t number) {
  return test::node_id_of(test::node_named(number));
}

// Whoever only connects can never keep out one who speaks.
TEST_CASE("link_admission: one pending connection too many closes the oldest") {
  link_admission admission{small};
  CHECK_FALSE(admission.accepted(1, start));
  CHECK_FALSE(admission.accepted(2, start));
  CHECK_FALSE(admission.accepted(3, start));
  CHECK(admission.accepted(4, start) == link_id{1});
  CHECK(admission.pending() == 3);
  REQUIRE(admission.shook_hands(2, node(2)) == link_admission::handshake::welcome);
  CHECK(admission.pending() == 2);
  CHECK_FALSE(admission.accepted(5, start)); // a completed handshake made room
  CHECK(admission.accepted(6, start) == link_id{3});
}

TEST_CASE("link_admission: a handshake is due at its deadline, not before") {
  link_admission admission{small};
  admission.accepted(1, start);
  admission.accepted(2, start + 50ms);
  CHECK(admission.overdue(start + 99ms).empty());
  CHECK(admission.overdue(start + 100ms) == std::vector<link_id>{1});
  CHECK(admission.overdue(start + 150ms) == std::vector<link_id>{1, 2});
  REQUIRE(admission.shook_hands(1, node(1)) == link_admission::handshake::welcome);
  CHECK(admission.overdue(start + 1h) == std::vector<link_id>{2});
  admission.closed(2);
  CHECK(admission.overdue(start + 1h).empty());
}

TEST_CASE("link_admission: one link per node, until it is closed") {
  using handshake = link_admission::handshake;
  link_admission admission{small};
  admission.accepted(1, start);
  admission.accepted(2, start);
  CHECK(admission.shook_hands(1, node(9)) == handshake::welcome);
  CHECK(admission.shook_hands(2, node(9)) == handshake::node_taken);
  CHECK(admission.linked() == 1);
  admission.closed(1);
  CHECK(admission.shook_hands(2, node(9)) == handshake::welcome);
}

TEST_CASE("link_admission: links are limited, and an ended one frees its place") {
  using handshake = link_admission::handshake;
  link_admission admission{small};
  CHECK(admission.shook_hands(1, node(1)) == handshake::welcome); // opened, never pending
  CHECK(admission.shook_hands(2, node(2)) == handshake::welcome);
  CHECK(admission.shook_hands(3, node(3)) == handshake::too_many_links);
  admission.closed(77); // unknown
  CHECK(admission.shook_hands(3, node(3)) == handshake::too_many_links);
  admission.closed(2);
  CHECK(admission.shook_hands(3, node(3)) == handshake::welcome);
}

} // namespace
} // namespace aiex
