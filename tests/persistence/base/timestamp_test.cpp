#include "aiex/persistence/base/timestamp.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <rapidcheck.h>

namespace aiex {
namespace {

using namespace std::chrono;

const timestamp noon = sys_days{2026y / March / 1} + 12h + 123us;
constexpr std::int64_t first_us = -62'167'219'200'000'000; // 0000-01-01
constexpr std::int64_t last_us = 253'402'300'799'999'999;  // the end of 9999

TEST_CASE("timestamp: printed as RFC 3339 with six decimals") {
  struct example {
    std::int64_t us;
    const char* text;
  };
  const example table[] = {
    {0, "1970-01-01T00:00:00.000000Z"},
    {-1, "1969-12-31T23:59:59.999999Z"},
    {1'000'000, "1970-01-01T00:00:01.000000Z"},
    {951'827'696'000'001, "2000-02-29T12:34:56.000001Z"},
    {first_us, "0000-01-01T00:00:00.000000Z"},
    {last_us, "9999-12-31T23:59:59.999999Z"},
  };
  for (const auto& row : table)
    CHECK(to_string(timestamp{microseconds{row.us}}) == row.text);
}

TEST_CASE("timestamp: what is printed is read back") {
  CHECK(rc::check([] {
    const timestamp at{microseconds{*rc::gen::inRange(first_us, last_us)}};
    RC_ASSERT(parse_timestamp(to_string(at), noon) == at);
  }));
}

TEST_CASE("timestamp: an offset moves the clock, not the moment") {
  CHECK(rc::check([] {
    const timestamp at{seconds{*rc::gen::inRange<std::int64_t>(-2'000'000'000, 4'000'000'000)}};
    const minutes offset{*rc::gen::inRange(-23 * 60 - 59, 24 * 60)};
    auto local = to_string(at + offset);
    local.pop_back();
    const auto shown = abs(offset);
    RC_ASSERT(parse_timestamp(fmt::format("{}{}{:02}:{:02}", local, offset < 0min ? '-' : '+',
                                shown / 1h, shown % 1h / 1min),
                noon) == at);
  }));
}

TEST_CASE("timestamp: the forms that are read") {
  struct example {
    const char* text;
    timestamp at;
  };
  const example table[] = {
    {"2026-03-01T12:00:00Z", noon - 123us},
    {"2026-03-01t12:00:00z", noon - 123us},
    {"2026-03-01T12:00:00.000123Z", noon},
    {"2026-03-01T12:00:00.000123999Z", noon}, // cut, not rounded
    {"2026-03-01T12:00:00.5Z", noon - 123us + 500ms},
    {"2026-03-01T14:00:00+02:00", noon - 123us},
    {"2026-03-01T06:30:00-05:30", noon - 123us},
    {"2026-03-01T12:00:00-00:00", noon - 123us},
    {"2026-03-01", sys_days{2026y / March / 1}},
    {"2024-02-29", sys_days{2024y / February / 29}},
    {"now", noon},
    {"-250ms", noon - 250ms},
    {"-90s", noon - 90s},
    {"-15m", noon - 15min},
    {"-1h", noon - 1h},
    {"-7d", noon - days{7}},
  };
  for (const auto& row : table) {
    CAPTURE(row.text);
    CHECK(parse_timestamp(row.text, noon) == row.at);
  }
}

TEST_CASE("timestamp: everything else is refused") {
  for (const char* text :
    {"", "yesterday", "Now", "1", "-", "-h", "-1", "--1h", "+1h", "-0s", "2026", "2026-03",
      "2026-3-1", "2026-02-29", "2026-00-01", "2026-13-01", "2026-01-00", "2026-01-32",
      "2026-04-31", "20260301", "2026/03/01", "26-03-01", "02026-03-01", "2026-03-01 ",
      " 2026-03-01", "2026-03-01Z", "2026-03-01T", "2026-03-01T12", "2026-03-01T12:00Z",
      "2026-03-01T12:00:00", "2026-03-01 12:00:00Z", "2026-03-01T24:00:00Z", "2026-03-01T12:60:00Z",
      "2026-12-31T23:59:60Z", "2026-03-01T12:00:00.Z", "2026-03-01T12:00:00.1234567890Z",
      "2026-03-01T12:00:00,5Z", "2026-03-01T12:00:00Zx", "2026-03-01T12:00:00+0200",
      "2026-03-01T12:00:00+24:00", "2026-03-01T12:00:00+02:60", "2026-03-01T12:00:00+2:00",
      "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "2026-03-01T-1:00:00Z"}) {
    CAPTURE(text);
    const auto refused = parse_timestamp(text, noon);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::invalid_argument);
  }
  CHECK_FALSE(parse_timestamp(std::string_view{"2026-03-01T12:00:00Z\0", 21}, noon));
}

TEST_CASE("duration: a positive whole number and its unit") {
  struct example {
    const char* text;
    milliseconds length;
  };
  const example table[] = {
    {"1ms", 1ms},
    {"250ms", 250ms},
    {"5s", 5s},
    {"10m", 10min},
    {"1h", 1h},
    {"7d", days{7}},
    {"007s", 7s},
    {"36525d", duration_max},
    {"3155760000000ms", duration_max},
  };
  for (const auto& row : table) {
    CAPTURE(row.text);
    CHECK(parse_duration(row.text) == row.length);
  }
}

TEST_CASE("duration: everything else is refused") {
  for (const char* text : {"", "s", "5", "0s", "-5s", "+5s", " 5s", "5 s", "5s ", "5S", "5sec",
         "1.5h", "1h30m", "5us", "36526d", "3155760000001ms", "9223372036854775807d",
         "9223372036854775808ms", "99999999999999999999s", "0x5s"}) {
    CAPTURE(text);
    const auto refused = parse_duration(text);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::invalid_argument);
  }
}

} // namespace
} // namespace aiex
