// Where a node listens.
#pragma once

#include "aiex/persistence/base/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace aiex {

/// An address in numbers, and a port. 0 as a port to listen on lets the system choose.
struct endpoint {
  std::string address = "127.0.0.1"; ///< IPv4 or IPv6, without brackets.
  std::uint16_t port = 0;

  bool operator==(const endpoint&) const = default;
};

/// "127.0.0.1:4100", "[::1]:4100" or "localhost:4100", which means 127.0.0.1. Names are not
/// looked up: a lookup has no deadline. Errors: invalid_argument.
result<endpoint> parse_endpoint(std::string_view text);

std::string to_string(const endpoint& where);

/// 127.0.0.0/8 or ::1: nobody else than this machine can come in there.
bool is_loopback(const endpoint& where);

/// Where to dial what listens there in this machine: "any address" is none to dial.
endpoint dialled(const endpoint& listening);

} // namespace aiex
