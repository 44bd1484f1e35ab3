#pragma once

#include "aiex/persistence/log/entry.hpp"
#include "aiex/persistence/log/entry_chain.hpp"
#include "aiex/persistence/storage/log_storage.hpp"
#include "aiex/persistence/store/verify_report.hpp"

#include <optional>
#include <string>
#include <unordered_map>

namespace aiex {

/// What the log says of a stream.
struct seen_stream {
  std::uint64_t number = 0;  ///< Position of its first event.
  std::uint64_t version = 0; ///< Of the last one so far.
};
using seen_streams = std::unordered_map<std::string, seen_stream>;

/// Follows the log from entry to entry and says what does not follow: index, position, time, chain,
/// checksums, digests, and the versions of every stream.
class log_check {
public:
  explicit log_check(verify_report& report) : report_(report) {}

  /// The entry, if it can be read at all.
  std::optional<entry_view> take(const log_record& record);

  /// Behind the last entry; nothing if that could not be read.
  std::optional<chain_end> end() const;

  const seen_streams& streams() const noexcept { return streams_; }

private:
  void check_order(const entry_view& entry);
  void check_versions(const entry_view& entry);
  void found(position where, std::uint64_t index, std::string what);

  verify_report& report_;
  sha256 hash_;
  std::uint64_t next_index_ = 1;
  std::uint64_t next_position_ = 1; // 0: not known behind an entry that cannot be read
  timestamp recorded_at_{timestamp::min()};
  std::optional<digest> chain_ = digest{}; // before the first entry: zeros
  seen_streams streams_;
};

} // namespace aiex
