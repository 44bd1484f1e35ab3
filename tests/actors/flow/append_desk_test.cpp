#include "aiex/actors/flow/append_desk.hpp"

#include "support/sample_events.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

using test::id_of;

waiting_append numbered(std::size_t events) {
  waiting_append made;
  made.events = events; // tells them apart
  return made;
}

TEST_CASE("append desk: groups are answered by their numbers") {
  append_desk desk;
  desk.open.push_back(numbered(1));
  desk.open.push_back(numbered(2));
  desk.closed(7);
  desk.open.push_back(numbered(3));
  desk.closed(8);
  CHECK(desk.groups() == 2);
  CHECK(desk.waiting() == 3);
  CHECK(desk.take_group(8).front().events == 3);
  const auto first = desk.take_group(7);
  REQUIRE(first.size() == 2);
  CHECK(first[1].events == 2);
  CHECK(desk.waiting() == 0);
}

TEST_CASE("append desk: an answer from afar is for one that waits for it, and once") {
  append_desk desk;
  const auto number = desk.forwarded(id_of(1), numbered(1));
  CHECK_FALSE(desk.returned(id_of(2), number));
  CHECK_FALSE(desk.returned(id_of(1), number + 1));
  const auto asked = desk.returned(id_of(1), number);
  REQUIRE(asked);
  CHECK(asked->events == 1);
  CHECK_FALSE(desk.returned(id_of(1), number));
}

TEST_CASE("append desk: what a lost node was sent is kept in its order, and may be written") {
  append_desk desk;
  desk.forwarded(id_of(1), numbered(1));
  const auto other = desk.forwarded(id_of(2), numbered(2));
  desk.forwarded(id_of(1), numbered(3));
  desk.lost(id_of(1));
  REQUIRE(desk.kept.size() == 2);
  CHECK(desk.kept[0].events == 1);
  CHECK(desk.kept[1].events == 3);
  CHECK(desk.kept[0].tried.may_be_written);
  CHECK(desk.returned(id_of(2), other));
  CHECK(desk.waiting() == 2);
}

} // namespace
} // namespace aiex
