#pragma once

#include "aiex/persistence/consensus/message.hpp"

#include <string>
#include <string_view>

namespace aiex::consensus {

/// A message as it is sent: sealed, format 1. Larger than a frame of a link: that cuts it.
std::string to_bytes(const message& given);

/// Believes nothing: the checksum, every number and each entry are looked at. Errors: corrupt,
/// unknown_version, invalid_argument (larger than `limits::message_bytes_max`).
result<message> message_of(std::string_view bytes, sha256& hash);

} // namespace aiex::consensus
