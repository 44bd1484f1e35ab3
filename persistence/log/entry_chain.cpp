#include "aiex/persistence/log/entry_chain.hpp"

#include <fmt/format.h>

namespace aiex {

result<void> check_follows(const chain_end& end, const entry_header& next) {
  const std::uint64_t at = next.first_position.value;
  if (next.index != end.index + 1)
    return fail(errc::corrupt,
      fmt::format(
        "entry {} of the log follows entry {}: an entry is missing", next.index, end.index),
      at);
  if (next.previous != end.chain)
    return fail(
      errc::corrupt, fmt::format("the chain of digests breaks at entry {}", next.index), at);
  if (next.first_position != end.position.next())
    return fail(errc::corrupt,
      fmt::format("entry {} begins at position {}, but {} follows", next.index, at,
        end.position.next().value),
      at);
  if (next.recorded_at < end.recorded_at)
    return fail(
      errc::corrupt, fmt::format("entry {} is older than the one before it", next.index), at);
  return {};
}

result<entry_view> entry_chain::take(std::string_view bytes) {
  auto entry = entry_view::parse(bytes, end_.index + 1);
  if (!entry) {
    if (entry.error().actual == 0)
      entry.error().actual = end_.position.next().value;
    return entry;
  }
  const entry_header& header = entry->header();
  if (auto follows = check_follows(end_, header); !follows)
    return tl::unexpected(std::move(follows.error()));
  if (auto sound = entry->verify(hash_); !sound)
    return tl::unexpected(std::move(sound.error()));
  end_ = {header.index, entry->chain_digest(hash_), {header.next_position().value - 1},
    header.recorded_at};
  return entry;
}

} // namespace aiex
