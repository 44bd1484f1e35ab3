// The final log, looked up by id, stream and command in constant time. A moment of the log is how
// many events stand in it: 0 before the first.
#pragma once

#include "simulate/cluster/history_tries.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace aiex::test {

/// Moments from `first` to `last`; none if `first` is later.
struct log_moments {
  std::uint64_t first = 1;
  std::uint64_t last = 0;

  bool empty() const noexcept { return first > last; }
  bool holds(std::uint64_t moment) const noexcept { return first <= moment && moment <= last; }
  friend log_moments operator&(log_moments one, log_moments other) noexcept {
    return {std::max(one.first, other.first), std::min(one.last, other.last)};
  }
};

class history_log {
public:
  /// Reports gaps in versions, and ids and commands that stand in the log twice. `log` lives
  /// longer.
  history_log(const final_log& log, const history_tries& tries, history_findings& found);

  std::uint64_t size() const noexcept { return log_.size(); }
  log_moments all() const noexcept { return {0, size()}; }
  const logged_event& at(std::uint64_t position) const { return log_[position - 1]; }

  /// The (first) position of the event with this id; 0: there is none.
  std::uint64_t place_of(const uuid& id) const;
  /// The position of the first event that the command led to; 0: there is none.
  std::uint64_t place_of(const command_reference& command) const;

  /// The stream's version in the end.
  std::uint64_t version_of(std::string_view stream) const;
  /// While the stream was at `version`.
  log_moments when(std::string_view stream, std::uint64_t version) const;
  /// While the expectation held. Of one stream that never goes back: one range.
  log_moments when(std::string_view stream, expected_version expected) const;

private:
  const std::vector<std::uint64_t>* positions_of(std::string_view stream) const;

  const final_log& log_;
  std::unordered_map<uuid, std::uint64_t> places_;
  std::unordered_map<uuid, std::uint64_t> commands_;
  std::unordered_map<std::string, std::vector<std::uint64_t>> streams_; // of versions 1, 2, 3, …
};

} // namespace aiex::test
