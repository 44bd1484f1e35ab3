#pragma once

#include "support/sample_events.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace aiex::test {

/// The rules of an append as plainly as they can be said: a list of what has happened, searched
/// from end to end. Shares nothing with the code that decides.
struct append_model {
  struct row {
    std::uint64_t version = 0;
    std::string stream;
    event given;
  };
  std::vector<row> log; ///< At position i + 1.

  std::uint64_t version_of(const std::string& stream) const {
    return static_cast<std::uint64_t>(std::count_if(
      log.begin(), log.end(), [&](const row& each) { return each.stream == stream; }));
  }

  /// What the append is answered, in words; what it appends is in the log then.
  std::string append(const append_request& request) {
    std::map<uuid, int> given;
    std::size_t known = 0;
    for (const append_part& part : request.parts)
      for (const event& each : part.events) {
        ++given[each.id];
        known += place_of(each.id) == 0 ? 0 : 1;
      }
    std::size_t count = 0;
    for (const auto& [id, times] : given) {
      if (times > 1)
        return "duplicate_id";
      ++count;
    }
    if (known != 0 && known != count)
      return "duplicate_id";
    return known == 0 ? append_new(request, count == 0) : repeat(request);
  }

private:
  /// The position of the event with this id, or 0.
  std::size_t place_of(const uuid& id) const {
    for (std::size_t i = 0; i < log.size(); ++i)
      if (log[i].given.id == id)
        return i + 1;
    return 0;
  }

  static bool holds(const expected_version& expected, std::uint64_t current) {
    switch (expected.what()) {
    case expected_version::kind::any: return true;
    case expected_version::kind::exists: return current > 0;
    case expected_version::kind::exact: return expected.version() == current;
    }
    return false;
  }

  std::string append_new(const append_request& request, bool is_empty) {
    for (const append_part& part : request.parts)
      if (const std::uint64_t current = version_of(part.stream);
          !is_empty && !holds(part.expected, current))
        return fmt::format("wrong_expected_version {}", current);
    std::string said;
    for (const append_part& part : request.parts) {
      const std::uint64_t before = version_of(part.stream);
      const std::size_t behind = log.size();
      for (const event& each : part.events)
        log.push_back({version_of(part.stream) + 1, part.stream, each});
      said += part.events.empty() ? fmt::format(" 0-{} at 0-0", before)
                                  : fmt::format(" {}-{} at {}-{}", before + 1, log.back().version,
                                      behind + 1, log.size());
    }
    return "ok" + said;
  }

  /// Whether every event of the part is there as it is given, one behind the other.
  bool is_there(const append_part& part) const {
    for (std::size_t i = 0; i < part.events.size(); ++i) {
      const event& given = part.events[i];
      const row& there = log[place_of(given.id) - 1];
      const row& first = log[place_of(part.events.front().id) - 1];
      if (there.stream != part.stream || there.version != first.version + i ||
          there.given.type != given.type || there.given.data != given.data ||
          there.given.metadata != given.metadata)
        return false;
    }
    return true;
  }

  /// Every id is known.
  std::string repeat(const append_request& request) const {
    if (!std::all_of(request.parts.begin(), request.parts.end(),
          [&](const append_part& each) { return is_there(each); }))
      return "duplicate_id";
    std::string said;
    for (const append_part& part : request.parts) {
      if (part.events.empty()) {
        said += fmt::format(" 0-{} at 0-0", version_of(part.stream));
        continue;
      }
      const std::size_t first = place_of(part.events.front().id);
      const std::size_t last = place_of(part.events.back().id);
      if (part.expected.what() == expected_version::kind::exact &&
          part.expected.version() + 1 != log[first - 1].version)
        return fmt::format("wrong_expected_version {}", version_of(part.stream));
      said +=
        fmt::format(" {}-{} at {}-{}", log[first - 1].version, log[last - 1].version, first, last);
    }
    return "repeated" + said;
  }
};

/// An answer of the store in the model's words.
inline std::string words(const result<append_result>& answer) {
  if (!answer && answer.error().code == errc::wrong_expected_version)
    return fmt::format("wrong_expected_version {}", answer.error().actual);
  if (!answer)
    return std::string{name(answer.error().code)};
  std::string said = answer->repeated ? "repeated" : "ok";
  for (const appended_part& part : answer->parts)
    said += fmt::format(" {}-{} at {}-{}", part.first_version, part.version,
      part.first_position.value, part.last_position.value);
  return said;
}

} // namespace aiex::test
