// Why a link was closed.
#pragma once

#include <cstdint>
#include <string_view>

namespace aiex {

/// One value per rule of the link. The first breach closes the connection; there is no second.
enum class link_breach : std::uint8_t {
  none,

  // what the frame guard found in the bytes
  not_basp,            ///< No operation of BASP, or a header no CAF node writes.
  frame_too_large,     ///< Announced, not sent: nothing was allocated for it.
  handshake_expected,  ///< Something else came first, or a handshake of the wrong direction.
  handshake_malformed, ///< Without payload, too long, or not a node id.
  handshake_repeated,
  other_protocol, ///< A CAF node, but not one of aiex, or of another version.
  nothing_published,
  own_node,         ///< The other side has our own node id.
  foreign_node,     ///< Speaks for a node that is not at the other end.
  routing_refused,  ///< Wants a message passed on.
  named_receiver,   ///< Wants an actor looked up or spawned.
  receiver_refused, ///< A message or monitor for an actor that is not the published one.
  not_a_request,    ///< On an accepted link: a response or an asynchronous message.
  not_a_response,   ///< On a link of our own: anything that does not answer a request.
  content_refused,  ///< A message of a type that is not on the list: exits, links, streams, …
  too_many_sources, ///< More actors at the other end than one link may bring.
  payload_malformed,

  // what admission decided
  handshake_overdue,
  too_many_pending, ///< The oldest connection without handshake made room for a new one.
  too_many_links,
  node_taken, ///< Another link already speaks for this node.

  // what TLS found
  not_tls,               ///< At a port with certificates: plain text, or anything else.
  tls_at_plain_port,     ///< Speaks TLS where links are plain.
  tls_expected,          ///< Answers our plain handshake in TLS.
  tls_failed,            ///< No common version, a malformed record, a broken handshake.
  certificate_missing,   ///< Showed none.
  certificate_untrusted, ///< Not signed by our authority, or not for this use.
  certificate_expired,
  certificate_not_yet_valid,
  certificate_revoked,
  certificate_foreign, ///< Of our authority, but neither a node's nor a client's.
  not_a_node,          ///< We connected, and a client's certificate answered.
  other_name,          ///< A node, but not the one that was expected there.
  refused_us,          ///< The other side does not take our certificate.

  // what the sender saw
  send_buffer_full, ///< The other side reads too slowly for what it asked.

  // what the mesh of nodes decided
  peer_dismissed, ///< The link is not one of the mesh, or not any more.
};

/// A sentence's end for people: "sent a frame larger than the limit".
std::string_view text(link_breach breach) noexcept;

} // namespace aiex
