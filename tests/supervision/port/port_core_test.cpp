#include "aiex/supervision/port/port_core.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace aiex {
namespace {

using namespace std::string_literals;

TEST_CASE("port_outbox: each frame behind its length, written in pieces of any size") {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, std::size_t{1'000}}) {
    CAPTURE(piece);
    port_outbox box{{}};
    CHECK(box.add("hello") == port_outcome::ok);
    CHECK(box.add("") == port_outcome::ok);
    CHECK(box.add(std::string(258, 'x')) == port_outcome::ok);
    std::string sent;
    while (!box.next().empty()) {
      const auto part = box.next().substr(0, piece);
      sent += part;
      box.written(part.size());
    }
    CHECK(sent == "\0\0\0\5hello\0\0\0\0\0\0\1\2"s + std::string(258, 'x'));
    CHECK(box.is_empty());
  }
}

TEST_CASE("port_outbox: what does not fit is refused and may come later") {
  port_outbox box{{.frame_bytes_max = 4, .unsent_frames_max = 2}};
  CHECK(box.add("12345") == port_outcome::too_large);
  CHECK(box.add("1234") == port_outcome::ok);
  CHECK(box.add("5") == port_outcome::ok);
  CHECK(box.add("6") == port_outcome::overloaded);
  box.written(8);
  CHECK(box.add("6") == port_outcome::ok);
  box.close();
  CHECK(box.add("7") == port_outcome::closed);
  CHECK_FALSE(box.is_done());
  box.written(5);
  box.written(5);
  CHECK(box.is_done());
}

TEST_CASE("port_inbox: frames are the same however their bytes come") {
  const std::string all = "\0\0\0\5hello\0\0\0\0\0\0\0\1x\0\0"s;
  for (std::size_t piece = 1; piece <= all.size(); ++piece) {
    CAPTURE(piece);
    port_inbox box{{}};
    std::vector<std::string> frames;
    for (std::size_t at = 0; at < all.size(); at += piece) {
      box.add(std::string_view{all}.substr(at, piece));
      for (auto each = box.next(); *each; each = box.next())
        frames.push_back(**each);
    }
    CHECK(frames == std::vector<std::string>{"hello", "", "x"});
    CHECK(box.is_amid());
  }
}

TEST_CASE("port_inbox: a frame that is too large is refused by its length alone") {
  port_inbox box{{.frame_bytes_max = 4}};
  box.add("\0\0\0\4good\0\0\0\5"s);
  CHECK(**box.next() == "good");
  const auto refused = box.next();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().starts_with("the program announces a frame of 5 bytes; at most 4"));
}

} // namespace
} // namespace aiex
