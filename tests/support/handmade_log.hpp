#pragma once

#include "support/sample_events.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace aiex::test {

/// A log whose entries are sound in themselves and chained, but say what a test wants them to.
class handmade_log {
public:
  struct event_of {
    std::string stream;
    std::uint64_t version = 0;
    std::uint64_t id = 0;
  };

  /// An entry behind the last one.
  void append(const std::vector<event_of>& events) {
    entry_builder builder{{.index = end_.index + 1,
      .term = 1,
      .recorded_at = {},
      .first_position = end_.position.next(),
      .previous = end_.chain}};
    for (const event_of& each : events) {
      const event given{.id = id_of(each.id), .type = "t"};
      const digest content =
        content_digest(hash_, each.stream, given.type, given.data, given.metadata);
      builder.add(given, {.stream = each.stream,
                           .version = each.version,
                           .content = content,
                           .correlation_id = to_string(given.id),
                           .node = "node1"});
    }
    const std::string bytes = builder.finish(at_us(1));
    const auto made = entry_view::parse(bytes);
    REQUIRE(made);
    const log_record record{made->header().index, bytes};
    REQUIRE(log_.storage().append({&record, 1}));
    REQUIRE(log_.storage().sync());
    end_ = {record.index, made->chain_digest(hash_), made->header().last_position(), at_us(1)};
  }

  log_storage storage() { return log_.storage(); }

private:
  memory_log log_;
  chain_end end_;
  sha256 hash_;
};

} // namespace aiex::test
