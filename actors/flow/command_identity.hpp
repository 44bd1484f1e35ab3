// What makes a retry harmless: a command's id decides the ids of its events, and a digest of what
// was commanded tells a retry from another command under the same id.
#pragma once

#include "aiex/persistence/base/digest.hpp"
#include "aiex/persistence/log/append.hpp"

#include <cstdint>
#include <string_view>

namespace aiex {

/// What was commanded. The digest covers all of it, so the same id with anything else is an error.
struct commanded {
  std::string_view category;
  std::string_view aggregate_id;
  std::string_view type;
  std::string_view data; ///< As it came: another spelling of the same JSON is another command.
};

command_reference reference_of(sha256& hash, const uuid& command, const commanded& what);

/// The id of the event `ordinal` (0, 1, …) that the command leads to in `stream`: always the same,
/// so that whoever repeats an append repeats its ids too. A version 8 UUID (RFC 9562, section 5.8)
/// from SHA-256.
uuid event_id_of(sha256& hash, const uuid& command, std::string_view stream, std::uint64_t ordinal);

} // namespace aiex
