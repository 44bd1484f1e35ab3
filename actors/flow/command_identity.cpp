#include "aiex/actors/flow/command_identity.hpp"

namespace aiex {

namespace {

/// Behind its length, so that no two lists of texts look alike.
void update_text(sha256& hash, std::string_view text) {
  hash.update_u64(text.size());
  hash.update(text);
}

} // namespace

command_reference reference_of(sha256& hash, const uuid& command, const commanded& what) {
  update_text(hash, "aiex command");
  update_text(hash, what.category);
  update_text(hash, what.aggregate_id);
  update_text(hash, what.type);
  update_text(hash, what.data);
  const digest all = hash.finish();
  std::uint64_t first = 0;
  for (std::size_t i = 8; i-- > 0;)
    first = first << 8 | all[i];
  return {command, first};
}

uuid event_id_of(
  sha256& hash, const uuid& command, std::string_view stream, std::uint64_t ordinal) {
  update_text(hash, "aiex event of a command");
  update_text(hash, command.view());
  update_text(hash, stream);
  hash.update_u64(ordinal);
  const digest all = hash.finish();
  uuid id = uuid_from_bytes(view(all).substr(0, 16));
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | 0x80); // version 8
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80); // variant 10
  return id;
}

} // namespace aiex
