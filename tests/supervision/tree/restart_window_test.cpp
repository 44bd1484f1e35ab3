#include "aiex/supervision/tree/restart_window.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace aiex {
namespace {

using namespace std::chrono_literals;

TEST_CASE("restart_window: gives up at the first restart over the limit") {
  struct example {
    const char* name;
    restart_limit limit;
    std::vector<std::chrono::milliseconds> restarts_at;
    std::vector<bool> allowed;
  };
  const example table[] = {
    {"no restarts allowed", {.intensity = 0, .period = 5s}, {0s}, {false}},
    {"two in a row", {.intensity = 2, .period = 5s}, {0s, 1s, 2s}, {true, true, false}},
    {"old ones are forgotten", {.intensity = 1, .period = 5s}, {0s, 6s, 12s}, {true, true, true}},
    {"exactly the window ago still counts", {.intensity = 1, .period = 5s}, {0s, 5s},
      {true, false}},
    {"whole seconds: 5.9 s later is 5 s later", {.intensity = 1, .period = 5s}, {0s, 5'900ms},
      {true, false}},
    {"whole seconds: from 0.9 s on, 6 s is 6 s later", {.intensity = 1, .period = 5s},
      {900ms, 6'000ms}, {true, true}},
    {"some leave the window, some do not", {.intensity = 2, .period = 10s}, {0s, 8s, 11s, 12s},
      {true, true, true, false}},
  };
  for (const auto& row : table) {
    CAPTURE(row.name);
    restart_window window{row.limit};
    for (std::size_t i = 0; i < row.restarts_at.size(); ++i) {
      CAPTURE(i);
      CHECK(window.allow(restart_window::time_point{row.restarts_at[i]}) == row.allowed[i]);
    }
  }
}

} // namespace
} // namespace aiex
