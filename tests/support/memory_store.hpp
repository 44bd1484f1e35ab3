// A store on media in memory: opened, and checked whole.
#pragma once

#include "aiex/persistence/store/event_store.hpp"
#include "aiex/persistence/store/verify.hpp"

#include "support/sample_events.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>

namespace aiex::test {

inline event_store open(memory_media& media) {
  auto opened = event_store::open(media.media());
  REQUIRE(opened);
  return std::move(*opened);
}

inline event numbered(std::uint64_t number, std::string data = "{}") {
  return {.id = id_of(number), .type = "t", .data = std::move(data)};
}

inline void check_sound(const memory_media& media) {
  const auto report = verify(media.log.storage(), media.state.storage(), [](std::uint64_t) {});
  REQUIRE(report);
  for (const finding& each : report->findings)
    FAIL_CHECK(each.what);
  CHECK(report->is_sound());
}

} // namespace aiex::test
