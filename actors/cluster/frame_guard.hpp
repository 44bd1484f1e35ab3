// The frame guard: reads what comes in on a link before CAF does, and says whether it may.
//
// CAF 0.17 trusts whoever connects: 32 bytes end the process, a length of 4 GiB is allocated, and
// any peer may kill, look up, spawn, route and speak in the name of others. So every byte passes
// here first. What is not on the list closes the link; the list is short:
//
//   accepted link                            opened link
//   client handshake, and its repetition     server handshake
//   request to the gateway, type listed      response, type listed
//   monitor of the gateway                   monitor of one of our actors
//   end of an actor of theirs (down)         end of an actor of theirs (down)
//   heartbeat                                heartbeat
//
// Prevented by that: exits and links sent to any actor, the gateway included; forged responses;
// anonymous messages; spawn, lookup by name, configuration; routing and speaking for other nodes;
// messages of types CAF would otherwise unpack; a frame's memory before its length is checked.
// CAF's question for the spawn server, which each CAF node asks after the handshake, is swallowed.
//
// A node of our mesh (link_trust::node) may say more, on a link of either side: messages of any
// type to any actor, asynchronous ones and responses too; monitors of any actor; ends with any
// reason. Still refused: names (spawn, lookup, configuration), speaking for others. What it wants
// passed on to a third node is swallowed: handles of actors travel, and CAF asks about them by
// itself.
//
// Not prevented: whoever reaches the port may use the gateway (that is what it is for), and with a
// listed type may put anything into its fields. The gateway checks its requests itself.
//
// Pure: knows no socket, no clock, no actor. Thread: one at a time.
#pragma once

#include "aiex/actors/cluster/basp_wire.hpp"
#include "aiex/actors/cluster/link_breach.hpp"
#include "aiex/actors/cluster/link_rules.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace aiex {

enum class guard_verdict : std::uint8_t {
  more,        ///< Go on feeding.
  pass_header, ///< `header()` is complete and allowed: hand its 32 bytes on.
  close,       ///< `breach()` says why. Final.
};

class frame_guard {
public:
  /// Handshakes, monitors and downs are read as a whole, and are never longer.
  static constexpr std::size_t control_bytes_max = 4'096;

  explicit frame_guard(link_rules rules);

  /// From the next frame on, the other side is a node of our mesh.
  void trust_as_node() noexcept { rules_.trust = link_trust::node; }

  /// How many bytes of the current header or payload are still to come; at least 1.
  std::size_t wanted() const noexcept;

  /// The bytes wanted now are payload of a frame that was let through: hand them on once `feed`
  /// has seen them and not said close. A frame may only be acted on when all of it was fed.
  bool passing() const noexcept { return phase_ == phase::passing; }

  /// Judges the next bytes, 1 to `wanted()` of them. How a stream is cut makes no difference.
  guard_verdict feed(std::string_view bytes);

  /// The last header, until the next call of `feed`.
  std::string_view header() const noexcept { return {header_.data(), header_.size()}; }

  /// The node at the other end, once its handshake was complete and allowed.
  const std::optional<basp::node_id>& peer() const noexcept { return peer_; }

  link_breach breach() const noexcept { return breach_; }

private:
  enum class phase : std::uint8_t { header, passing, swallowing, closed };

  guard_verdict feed_header(std::string_view bytes);
  guard_verdict feed_payload(std::string_view bytes);
  guard_verdict close(link_breach breach);

  link_breach judge(const basp::header& head);
  link_breach judge_handshake(const basp::header& head);
  link_breach judge_message(const basp::header& head);
  link_breach judge_client_message(const basp::header& head) const;
  link_breach judge_named_message(const basp::header& head);
  link_breach swallow_routed(const basp::header& head);
  link_breach judge_monitor(const basp::header& head) const;
  link_breach judge_down(const basp::header& head) const;

  bool is_node() const noexcept { return rules_.trust == link_trust::node; }
  std::size_t payload_bytes_max(const basp::header& head) const;
  std::size_t judged_bytes() const;

  link_breach judge_payload();
  link_breach judge_client_handshake();
  link_breach judge_server_handshake();
  link_breach judge_content() const;
  link_breach judge_nodes() const;
  link_breach judge_reason();

  link_rules rules_;
  std::vector<std::string> contents_; // how a payload begins, one per type of rules_.types
  std::size_t content_bytes_max_ = 0; // of the longest of them

  phase phase_ = phase::header;
  link_breach breach_ = link_breach::none;
  std::array<char, basp::header_bytes> header_{};
  std::size_t header_collected_ = 0;
  basp::header head_;
  std::size_t payload_left_ = 0;
  std::string judged_; // the beginning of the payload, at most control_bytes_max
  std::size_t judged_wanted_ = 0;
  bool is_of_node_ = false; // the current frame, when its header came

  std::optional<basp::node_id> peer_;
  bool selected_ = false; // the second client handshake came
  bool asked_ = false;    // the question for the spawn server came
  std::set<std::uint64_t> sources_;
};

} // namespace aiex
