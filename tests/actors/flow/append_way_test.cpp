#include "aiex/actors/flow/append_way.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

TEST_CASE("append way: every state of a node has one") {
  struct example {
    const char* name;
    leadership now;
    append_way way;
    append_way when_old; // it has been kept for as long as may be
  };
  using enum append_way;
  const example examples[] = {
    {"leads", {true, true, false, true}, decide, decide},
    {"has just come to lead", {false, true, false, true}, keep, refuse},
    {"leads, but sees no majority", {true, true, false, false}, refuse, refuse},
    {"just came to lead, sees no majority", {false, true, false, false}, refuse, refuse},
    {"knows who leads", {false, false, true, true}, forward, refuse},
    {"knows who leads, who may see more", {false, false, true, false}, forward, refuse},
    {"nobody leads yet", {false, false, false, true}, keep, refuse},
    {"is cut off", {false, false, false, false}, refuse, refuse},
  };
  for (const example& each : examples) {
    CAPTURE(std::string{each.name});
    CHECK(way_of(each.now, {}) == each.way);
    CHECK(way_of(each.now, {true, 0}) == each.way);
    CHECK(way_of(each.now, {false, leader_awaited_ticks - 1}) == each.way);
    CHECK(way_of(each.now, {false, leader_awaited_ticks}) == each.when_old);
  }
}

TEST_CASE("append way: a refusal says whether something may be written") {
  for (const bool sees_majority : {false, true}) {
    CHECK(why_refused({false, false, false, sees_majority}, {}).code == errc::no_quorum);
    CHECK(
      why_refused({false, false, false, sees_majority}, {true, 3}).code == errc::unknown_outcome);
  }
  CHECK(why_refused({}, {}).message != why_refused({.sees_majority = true}, {}).message);
}

TEST_CASE("append way: what another node is asked about") {
  for (const errc code : {errc::not_leader, errc::no_quorum, errc::unknown_outcome})
    CHECK(is_undecided(code));
  for (const errc code : {errc::wrong_expected_version, errc::duplicate_id, errc::overloaded,
         errc::store_full, errc::stale_epoch, errc::io})
    CHECK_FALSE(is_undecided(code));
}

} // namespace
} // namespace aiex
