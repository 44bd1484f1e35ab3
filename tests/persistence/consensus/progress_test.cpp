#include "aiex/persistence/consensus/progress.hpp"

#include <doctest/doctest.h>

namespace aiex::consensus {
namespace {

TEST_CASE("sending_window: full by messages or by bytes, one message over") {
  sending_window window;
  for (std::uint64_t i = 1; i <= limits::requests_in_flight; ++i) {
    CHECK_FALSE(window.is_full());
    window.add(i, 1);
  }
  CHECK(window.is_full());
  window.free_up_to(3);
  CHECK(window.size() == limits::requests_in_flight - 3);
  window.reset();
  window.add(1, limits::bytes_in_flight - 1);
  CHECK_FALSE(window.is_full());
  window.add(2, 1 << 20);
  CHECK(window.is_full());
  window.free_up_to(0);
  CHECK(window.is_full());
  window.free_up_to(2);
  CHECK_FALSE(window.is_full());
}

TEST_CASE("progress: a match ends probing, old news changes nothing") {
  progress peer{.next = 8};
  CHECK(peer.acknowledge(5));
  CHECK(peer.mode == progress_mode::replicate);
  CHECK(peer.next == 6);
  CHECK_FALSE(peer.acknowledge(5));
  CHECK_FALSE(peer.acknowledge(4));
  peer.probe_again();
  CHECK(peer.acknowledge(5)); // the same match, but it was not known any more
  CHECK(peer.mode == progress_mode::replicate);
}

TEST_CASE("progress: a refusal goes back as far as the hint, never behind the match") {
  struct example {
    const char* name;
    progress_mode mode;
    std::uint64_t match, next, asked, hint;
    bool counts;
    std::uint64_t then;
  };
  const example table[] = {
    {"probe, one back", progress_mode::probe, 0, 10, 9, 9, true, 9},
    {"probe, far back", progress_mode::probe, 0, 10, 9, 3, true, 4},
    {"probe, another request's answer", progress_mode::probe, 0, 10, 5, 2, false, 10},
    {"replicating, lost", progress_mode::replicate, 4, 10, 9, 6, true, 7},
    {"replicating, a hint before the match", progress_mode::replicate, 4, 10, 9, 1, true, 5},
    {"replicating, before the match", progress_mode::replicate, 4, 10, 4, 1, false, 10},
    {"nothing there at all", progress_mode::probe, 0, 10, 9, 0, true, 1},
  };
  for (const auto& row : table) {
    CAPTURE(row.name);
    progress peer{.mode = row.mode, .match = row.match, .next = row.next};
    CHECK(peer.refuse(row.asked, row.hint) == row.counts);
    CHECK(peer.next == row.then);
    CHECK(peer.mode == (row.counts ? progress_mode::probe : row.mode));
  }
}

TEST_CASE("progress: a peer that began anew is compared from scratch, its proof stays") {
  progress peer{.next = 8, .run = 1};
  peer.acknowledge(7);
  peer.restart(2, 9);
  CHECK(peer.match == 0);
  CHECK(peer.next == 10);
  CHECK(peer.run == 2);
  CHECK(peer.acknowledged == 7);
  CHECK(peer.mode == progress_mode::probe);
}

} // namespace
} // namespace aiex::consensus
