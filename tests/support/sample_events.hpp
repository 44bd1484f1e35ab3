#pragma once

#include "aiex/persistence/storage/memory_log.hpp"
#include "aiex/persistence/storage/memory_tables.hpp"
#include "aiex/persistence/storage/memory_term.hpp"
#include "aiex/persistence/store/event_store.hpp"

#include <string>
#include <utility>
#include <vector>

namespace aiex::test {

/// The id that tests call `number`.
inline uuid id_of(std::uint64_t number) {
  uuid id;
  id.bytes[0] = 1;
  for (std::size_t i = 0; i < 8; ++i)
    id.bytes[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  return id;
}

inline timestamp at_us(std::int64_t microseconds) {
  return timestamp{std::chrono::microseconds{microseconds}};
}

/// One event to one stream.
inline append_request one(
  std::string stream, event given, expected_version expected = expected_version::any()) {
  append_request request;
  request.node = "node1";
  request.parts.push_back({std::move(stream), expected, {std::move(given)}});
  return request;
}

/// Media in memory, and what breaks them.
struct memory_media {
  memory_log log;
  memory_tables state;
  memory_term term;

  store_media media() {
    return {log.storage(), state.storage(), [this] { return log.bytes_free(); },
      one_after_the_other(), term.storage()};
  }
};

} // namespace aiex::test
