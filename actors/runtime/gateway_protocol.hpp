// What a client and a node's gateway actor say to each other. Plain values, no CAF.
//
//   client                                   gateway
//   gateway_hello {protocol, client}   ->
//                                      <-    gateway_welcome {protocol, node, version}
//   gateway_request {verb, arguments}  ->
//                                      <-    gateway_reply {code, …, body, next}
//
// One CAF message each. A hello can be sent at any time and is always answered, whatever the
// version; it never changes, so that two programs of any age can find out that they differ.
#pragma once

#include "aiex/persistence/base/error.hpp"
#include "aiex/persistence/base/limits.hpp"

#include <cstdint>
#include <string>

namespace aiex {

/// Raised when a request or a reply changes its fields or their meaning.
inline constexpr std::uint32_t gateway_protocol = 2;

inline constexpr std::size_t verb_bytes_max = 64;

/// The largest append, and as much again for its form: JSON, and base64 in it.
inline constexpr std::size_t gateway_request_bytes_max = 2 * limits::bytes_per_append_max;
inline constexpr std::size_t gateway_reply_bytes_max = 8 << 20;

struct gateway_hello {
  std::uint32_t protocol = gateway_protocol;
  std::string client; ///< For logs: "aiex 0.1.0".

  bool operator==(const gateway_hello&) const = default;
};

struct gateway_welcome {
  std::uint32_t protocol = gateway_protocol;
  std::string node;    ///< The node's name.
  std::string version; ///< Of its program: "0.1.0".

  bool operator==(const gateway_welcome&) const = default;
};

/// A wish. Both texts together are at most gateway_request_bytes_max.
struct gateway_request {
  std::string verb;      ///< "append": 1..verb_bytes_max bytes.
  std::string arguments; ///< JSON.
  /// The client waits no longer than this, from when it sent. 0: it did not say.
  std::uint32_t deadline_ms = 0;

  bool operator==(const gateway_request&) const = default;
};

enum class reply_format : std::uint8_t {
  json = 0,  ///< `body` is one JSON text.
  lines = 1, ///< `body` is lines, each ended by \n: JSON Lines, or text for people.
};

/// An answer: a body, or an error. All texts together are at most gateway_reply_bytes_max; what
/// is longer comes in several replies, each fetched with a request that carries `next`.
struct gateway_reply {
  std::uint8_t code = 0; ///< 0: `body` counts. Else an `errc`: the next two fields count.
  std::string message;
  std::uint64_t actual = 0;

  reply_format format = reply_format::json;
  std::string body;
  std::string next; ///< Not empty: there is more, from this cursor on.
  /// What was read may be old: the node does not see a majority of its cluster. Each object in
  /// `body` says it too; an empty list cannot.
  bool is_stale = false;

  bool operator==(const gateway_reply&) const = default;
};

gateway_reply reply_with(std::string json);
gateway_reply reply_with(const error& refusal);

/// The reply if it is one, else the error it carries.
result<gateway_reply> to_result(gateway_reply reply);

/// Errors: invalid_argument | data_too_large. What does not fit would close the link.
result<void> check_size(const gateway_request& request);

/// The reply, or if it is too large for the link one that says so.
gateway_reply within_limits(gateway_reply reply);

// -- CAF's view of the fields --------------------------------------------------------------------

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, gateway_hello& x) {
  return f(x.protocol, x.client);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, gateway_welcome& x) {
  return f(x.protocol, x.node, x.version);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, gateway_request& x) {
  return f(x.verb, x.arguments, x.deadline_ms);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, gateway_reply& x) {
  return f(x.code, x.message, x.actual, x.format, x.body, x.next, x.is_stale);
}

} // namespace aiex
