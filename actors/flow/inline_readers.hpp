#pragma once

#include "aiex/persistence/log/append.hpp"
#include "aiex/persistence/state/query.hpp"

#include <caf/actor.hpp>

#include <memory>
#include <mutex>
#include <vector>

namespace aiex {

/// For whom the answer of an append waits: inline projections. A value that is passed; copies share
/// what they know. Any thread.
class inline_readers {
public:
  inline_readers() : all_(std::make_shared<table>()) {}

  /// Until it ends. `listens_to`: as for a subscription; only stream and type are looked at.
  void add(const caf::actor& reader, query listens_to) const;

  /// Those that listen to any event of the request.
  std::vector<caf::actor> of(const append_request& request) const;

private:
  struct entry {
    caf::actor reader;
    query listens_to;
  };
  struct table {
    std::mutex lock; // guards all below
    std::vector<entry> entries;
  };
  std::shared_ptr<table> all_;
};

} // namespace aiex
