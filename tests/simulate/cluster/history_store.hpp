// A store that makes no mistake, for histories: `decide_append` over a plain log, one append after
// the other.
#pragma once

#include "simulate/cluster/history.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace aiex::test {

class history_store {
public:
  const final_log& log() const noexcept { return log_; }
  std::uint64_t version_of(const std::string& stream) const;

  /// Decides, and writes what is accepted.
  result<append_result> append(const append_request& request, timestamp now);

  /// What a read sees. Precondition: no append.
  seen_until look(const client_call& asked) const;

private:
  append_result write(
    const append_request& request, const std::vector<digest>& contents, timestamp now);

  final_log log_;
  std::map<std::string, std::vector<std::uint64_t>> positions_; // of each stream's versions
  std::map<uuid, std::uint64_t> places_;
  std::map<uuid, std::uint64_t> commands_;
};

} // namespace aiex::test
