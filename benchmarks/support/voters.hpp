// A cluster in one process: members with folders, logs and disks as real ones, each on a thread of
// its own; between them a network in memory that encodes and decodes every message and takes no
// time.
#pragma once

#include "aiex/persistence/store/event_store.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace aiex::bench {

/// What is appended: groups, each of which becomes one entry.
using append_groups = std::vector<std::vector<append_request>>;

class voters {
public:
  /// Makes the folders in `folder` and the members voters. The first leads. Ends the program when
  /// that does not come about.
  voters(const std::filesystem::path& folder, std::size_t count);
  ~voters();
  voters(const voters&) = delete;
  voters& operator=(const voters&) = delete;

  /// Appends them through the leader, so many groups under way at a time, and returns when all are
  /// acknowledged. Ends the program if one is refused.
  void append(const append_groups& groups, std::size_t under_way_max);

  /// The last entry of the leader's log.
  std::string last_entry() const;

private:
  class member;

  void make_voters();

  std::vector<std::unique_ptr<member>> members_;
};

} // namespace aiex::bench
