#include "aiex/persistence/store/side_by_side.hpp"

#include <doctest/doctest.h>

#include <latch>
#include <stdexcept>
#include <string>
#include <thread>

namespace aiex {
namespace {

TEST_CASE("side by side: both run at the same time, the first on a thread of its own") {
  const run_both both = side_by_side();
  std::thread::id theirs;
  for (int turn = 0; turn < 100; ++turn) {
    std::latch have_begun{2}; // neither goes on before the other has begun
    std::thread::id there;
    both(
      [&] {
        have_begun.arrive_and_wait();
        there = std::this_thread::get_id();
      },
      [&] { have_begun.arrive_and_wait(); });
    CHECK(there != std::this_thread::get_id());
    CHECK((turn == 0 || there == theirs));
    theirs = there;
  }
}

TEST_CASE("one after the other: in the caller's thread, in this order") {
  std::string order;
  std::thread::id there;
  one_after_the_other()(
    [&] {
      order += "there ";
      there = std::this_thread::get_id();
    },
    [&] { order += "here"; });
  CHECK(order == "there here");
  CHECK(there == std::this_thread::get_id());
}

TEST_CASE("both ways: what is thrown is thrown when both have ended, and the next call works") {
  for (const run_both& both : {one_after_the_other(), side_by_side()}) {
    const auto run = [&](bool there_throws, bool here_throws) -> std::string {
      int ended = 0;
      try {
        both(
          [&] {
            ++ended;
            if (there_throws)
              throw std::runtime_error{"there"};
          },
          [&] {
            if (here_throws)
              throw std::runtime_error{"here"};
          });
      } catch (const std::exception& thrown) {
        CHECK(ended == 1);
        return thrown.what();
      }
      CHECK(ended == 1);
      return "nothing";
    };
    CHECK(run(true, false) == "there");
    CHECK(run(false, true) == "here");
    CHECK(run(true, true) == "here");
    CHECK(run(false, false) == "nothing");
  }
}

TEST_CASE("side by side: a thread that was never needed ends with its maker") {
  run_both both = side_by_side();
  const run_both copy = both;
  both = nullptr;
  int ran = 0;
  copy([&] { ++ran; }, [] {});
  CHECK(ran == 1);
}

} // namespace
} // namespace aiex
