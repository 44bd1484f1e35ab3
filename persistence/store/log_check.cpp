#include "aiex/persistence/store/log_check.hpp"

#include <fmt/format.h>

namespace aiex {

std::optional<entry_view> log_check::take(const log_record& record) {
  if (record.index != next_index_)
    found(
      {}, record.index, fmt::format("entries {} to {} are missing", next_index_, record.index - 1));
  next_index_ = record.index + 1;
  ++report_.entries;
  auto entry = entry_view::parse(record.bytes, record.index);
  if (!entry) {
    found({next_position_}, record.index, entry.error().message);
    chain_.reset(); // what follows cannot be checked against this one
    next_position_ = 0;
    return std::nullopt;
  }
  check_order(*entry);
  if (const auto sound = entry->verify(hash_); !sound)
    found({sound.error().actual}, record.index, sound.error().message);
  check_versions(*entry);
  chain_ = entry->chain_digest(hash_);
  next_position_ = entry->header().next_position().value;
  recorded_at_ = entry->header().recorded_at;
  report_.events += entry->header().event_count;
  report_.head = {next_position_ - 1};
  report_.streams = streams_.size();
  return *entry;
}

std::optional<chain_end> log_check::end() const {
  if (next_index_ == 1)
    return chain_end{};
  if (!chain_)
    return std::nullopt;
  return chain_end{next_index_ - 1, *chain_, {next_position_ - 1}, recorded_at_};
}

void log_check::check_order(const entry_view& entry) {
  const entry_header& header = entry.header();
  const position first = header.first_position;
  if (header.index + 1 != next_index_)
    found(first, header.index,
      fmt::format("entry {} stands where {} belongs", header.index, next_index_ - 1));
  if (chain_ && header.previous != *chain_)
    found(
      first, header.index, fmt::format("the chain of digests breaks at entry {}", header.index));
  if (next_position_ != 0 && first.value != next_position_)
    found(first, header.index,
      fmt::format("position {} follows, but the entry begins at {}", next_position_, first.value));
  if (header.recorded_at < recorded_at_)
    found(
      first, header.index, fmt::format("entry {} is older than the one before it", header.index));
}

void log_check::check_versions(const entry_view& entry) {
  for (std::uint32_t ordinal = 0; ordinal < entry.header().event_count; ++ordinal) {
    const auto header = entry.header_of(ordinal);
    if (!header) // told already
      continue;
    const recorded_event& event = header->event;
    seen_stream& seen =
      streams_.try_emplace(std::string{event.stream}, seen_stream{event.position.value, 0})
        .first->second;
    if (event.version != seen.version + 1)
      found(event.position, entry.header().index,
        fmt::format("the event at position {} has version {} of {}, but {} follows",
          event.position.value, event.version, event.stream, seen.version + 1));
    seen.version = event.version;
  }
}

void log_check::found(position where, std::uint64_t index, std::string what) {
  report_.add({where, index, std::move(what)});
}

} // namespace aiex
