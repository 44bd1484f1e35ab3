// Tested by tests/persistence/log/entry_test.cpp
#include "aiex/persistence/log/event_batch.hpp"

#include <algorithm>
#include <cstring>

namespace aiex {

namespace {

constexpr std::size_t chunk_bytes_min = 4 << 10;
constexpr std::size_t chunk_bytes_max = 256 << 10;

} // namespace

char* event_batch::room_for(std::size_t count) {
  if (count > chunk_left_) {
    const std::size_t usual = std::clamp(bytes_, chunk_bytes_min, chunk_bytes_max);
    chunk_left_ = std::max(count, usual);
    chunks_.push_back(std::make_unique<char[]>(chunk_left_));
    chunk_at_ = chunks_.back().get();
  }
  char* const place = chunk_at_;
  chunk_at_ += count;
  chunk_left_ -= count;
  bytes_ += count;
  return place;
}

void event_batch::add(const recorded_event& source) {
  recorded_event copy = source;
  std::string_view tags = source.tags.bytes();
  std::string_view* const texts[] = {&copy.stream, &copy.type, &copy.data, &copy.metadata,
    &copy.correlation_id, &copy.causation_id, &copy.node, &copy.owner, &tags};
  std::size_t count = 0;
  for (const std::string_view* text : texts)
    count += text->size();

  char* at = room_for(count);
  for (std::string_view* text : texts) {
    if (!text->empty())
      std::memcpy(at, text->data(), text->size());
    *text = {at, text->size()};
    at += text->size();
  }
  copy.tags = packed_strings{tags};
  events_.push_back(copy);
}

} // namespace aiex
