#include "aiex/persistence/base/timestamp.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace aiex {
namespace {

using namespace std::chrono;

constexpr sys_days first_day = year{0} / January / 1;
constexpr sys_days end_day = year{10'000} / January / 1;

/// Takes pieces off the front of a text. The first piece that is not there makes all later ones
/// fail, so that a caller asks once, at the end.
class scanner {
public:
  explicit scanner(std::string_view text) : rest_(text) {}

  /// Exactly `count` digits, at most `max`.
  int number(std::size_t count, int max) {
    int value = 0;
    const auto digits = rest_.substr(0, count);
    ok_ = ok_ && digits.size() == count && std::ranges::all_of(digits, is_digit);
    if (!ok_)
      return 0;
    for (const char digit : digits)
      value = 10 * value + (digit - '0');
    rest_.remove_prefix(count);
    ok_ = value <= max;
    return value;
  }

  /// One character, which is one of `choices`; it is the answer.
  char one_of(std::string_view choices) {
    ok_ = ok_ && !rest_.empty() && choices.find(rest_.front()) != choices.npos;
    if (!ok_)
      return '\0';
    const char found = rest_.front();
    rest_.remove_prefix(1);
    return found;
  }

  /// "" or "." and 1 to 9 digits.
  microseconds decimals() {
    if (rest_.empty() || rest_.front() != '.')
      return microseconds{0};
    rest_.remove_prefix(1);
    const auto count =
      static_cast<std::size_t>(std::ranges::find_if_not(rest_, is_digit) - rest_.begin());
    ok_ = ok_ && count >= 1 && count <= 9;
    nanoseconds value{0};
    nanoseconds unit = 100ms;
    for (const char digit : rest_.substr(0, count)) {
      value += (digit - '0') * unit;
      unit /= 10;
    }
    rest_.remove_prefix(count);
    return floor<microseconds>(value);
  }

  bool at_end() const { return rest_.empty(); }
  bool ok() const { return ok_; }

private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }

  std::string_view rest_;
  bool ok_ = true;
};

sys_days scan_date(scanner& in, bool& exists) {
  const int y = in.number(4, 9'999);
  in.one_of("-");
  const int m = in.number(2, 12);
  in.one_of("-");
  const int d = in.number(2, 31);
  const year_month_day date{
    year{y}, month{static_cast<unsigned>(m)}, day{static_cast<unsigned>(d)}};
  exists = date.ok();
  return exists ? sys_days{date} : sys_days{};
}

microseconds scan_time_of_day(scanner& in) {
  in.one_of("Tt");
  const hours h{in.number(2, 23)};
  in.one_of(":");
  const minutes m{in.number(2, 59)};
  in.one_of(":");
  const seconds s{in.number(2, 59)};
  return h + m + s + in.decimals();
}

minutes scan_offset(scanner& in) {
  const char sign = in.one_of("Zz+-");
  if (sign != '+' && sign != '-')
    return minutes{0};
  const hours h{in.number(2, 23)};
  in.one_of(":");
  const minutes offset = h + minutes{in.number(2, 59)};
  return sign == '-' ? -offset : offset;
}

std::optional<timestamp> parse_absolute(std::string_view text) {
  scanner in{text};
  bool date_exists = false;
  timestamp at = scan_date(in, date_exists);
  if (!in.ok() || !date_exists)
    return std::nullopt;
  if (!in.at_end()) {
    at += scan_time_of_day(in);
    at -= scan_offset(in);
  }
  if (!in.ok() || !in.at_end() || at < first_day || at >= end_day)
    return std::nullopt;
  return at;
}

} // namespace

std::string to_string(timestamp at) {
  const auto midnight = floor<days>(at);
  const year_month_day date{midnight};
  const hh_mm_ss<microseconds> time{at - midnight};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", static_cast<int>(date.year()),
    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
    time.minutes().count(), time.seconds().count(), time.subseconds().count());
}

result<timestamp> parse_timestamp(std::string_view text, timestamp now) {
  if (text == "now")
    return now;
  if (text.starts_with('-'))
    if (const auto ago = parse_duration(text.substr(1)))
      return now - *ago;
  if (const auto at = parse_absolute(text))
    return *at;
  return fail(errc::invalid_argument,
    fmt::format("not a time: '{}'. Write 2026-03-01T12:00:00Z, 2026-03-01, -1h or now.", text));
}

result<milliseconds> parse_duration(std::string_view text) {
  struct unit {
    std::string_view name;
    milliseconds length;
  };
  constexpr unit units[] = {{"ms", 1ms}, {"s", 1s}, {"m", 1min}, {"h", 1h}, {"d", days{1}}};

  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [after, problem] = std::from_chars(text.data(), end, number);
  const std::string_view name{after, static_cast<std::size_t>(end - after)};
  const auto* found = std::ranges::find(units, name, &unit::name);
  if (problem == std::errc{} && found != std::end(units) && number > 0 &&
      number <= duration_max / found->length)
    return number * found->length;
  return fail(errc::invalid_argument,
    fmt::format("not a duration: '{}'. Write 250ms, 5s, 10m, 1h or 7d.", text));
}

} // namespace aiex
