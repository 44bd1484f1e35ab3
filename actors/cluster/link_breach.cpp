// Tested by tests/actors/cluster/frame_guard_test.cpp
#include "aiex/actors/cluster/link_breach.hpp"

namespace aiex {

std::string_view text(link_breach breach) noexcept {
  switch (breach) {
  case link_breach::none: return "broke no rule";
  case link_breach::not_basp: return "does not speak the protocol of aiex";
  case link_breach::frame_too_large: return "announced a frame larger than the limit";
  case link_breach::handshake_expected: return "did not begin with a handshake";
  case link_breach::handshake_malformed: return "sent a malformed handshake";
  case link_breach::handshake_repeated: return "sent another handshake";
  case link_breach::other_protocol:
    return "is a CAF node, but speaks another protocol or version than this program";
  case link_breach::nothing_published: return "has published no actor at this port";
  case link_breach::own_node:
    return "has the same node id as this process (two containers with equal process ids?)";
  case link_breach::foreign_node: return "spoke for another node";
  case link_breach::routing_refused: return "wanted a message passed on to another node";
  case link_breach::named_receiver: return "wanted an actor looked up or spawned";
  case link_breach::receiver_refused: return "addressed an actor that is not published";
  case link_breach::not_a_request: return "sent a message that is no request";
  case link_breach::not_a_response: return "sent a message that is no response";
  case link_breach::content_refused: return "sent a message of a type that is not allowed here";
  case link_breach::too_many_sources: return "sent from too many actors";
  case link_breach::payload_malformed: return "sent a malformed payload";
  case link_breach::handshake_overdue: return "did not complete the handshake in time";
  case link_breach::too_many_pending:
    return "made room for newer connections before it completed the handshake";
  case link_breach::too_many_links: return "came when all links were taken";
  case link_breach::node_taken: return "has a node id that another link already speaks for";
  case link_breach::not_tls: return "does not speak TLS, which is required here";
  case link_breach::tls_at_plain_port: return "speaks TLS at a port without certificates";
  case link_breach::tls_expected: return "wants a certificate, and was given none";
  case link_breach::tls_failed: return "broke off the TLS handshake";
  case link_breach::certificate_missing: return "showed no certificate";
  case link_breach::certificate_untrusted:
    return "showed a certificate that our authority has not signed for this use";
  case link_breach::certificate_expired: return "showed a certificate that has expired";
  case link_breach::certificate_not_yet_valid:
    return "showed a certificate that is not valid yet (does a clock run wrong?)";
  case link_breach::certificate_revoked: return "showed a certificate that has been revoked";
  case link_breach::certificate_foreign:
    return "showed a certificate that is neither a node's nor a client's";
  case link_breach::not_a_node: return "showed a certificate that is not a node's";
  case link_breach::other_name: return "is another node than the one expected there";
  case link_breach::refused_us: return "does not accept the certificate of this program";
  case link_breach::send_buffer_full: return "read too slowly";
  case link_breach::peer_dismissed: return "was dismissed by the mesh of nodes";
  }
  return "broke a rule";
}

} // namespace aiex
