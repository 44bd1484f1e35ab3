// Messages over one link of the mesh, in both directions: cut in frames, put together again.
//
// In order within a channel, but urgent messages overtake others, also a large one that is half
// sent. Of what was sent no more than a window is under way until the other side has acknowledged
// it, so that neither CAF's buffers nor the network's hold more of one peer; the rest waits here.
//
// Pure: knows no socket, no clock, no actor. Thread: one at a time.
#pragma once

#include "aiex/actors/cluster/peer_frames.hpp"
#include "aiex/actors/runtime/frame.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace aiex {

struct peer_wire_limits {
  std::size_t frame_bytes = frame_bytes_max;
  std::size_t window_bytes = 1 << 20; ///< Unacknowledged; what is urgent may go a frame beyond.
  std::size_t queue_bytes = peer_queue_bytes_max; ///< Waiting here.
  std::size_t message_bytes = peer_message_bytes_max;
};

class peer_wire {
public:
  explicit peer_wire(peer_wire_limits limits = {}) : limits_(limits) {}

  struct message {
    peer_channel channel = peer_channel::consensus;
    bool is_urgent = false;
    std::string bytes{};

    bool operator==(const message&) const = default;
  };

  /// Puts a message in the queue. After an error the link must be closed.
  ///
  ///   errors   overloaded (the queue is full) | data_too_large | invalid_argument (no such
  ///   channel)
  result<void> send(message what);

  /// The next frame that may be sent now, if there is one.
  std::optional<std::string> next_frame();

  /// A part that has come. Returns the message that it completes, if any. After an error the link
  /// must be closed: it breaks a rule.
  result<std::optional<message>> take(const peer_part& part);

  /// After an error the link must be closed.
  result<void> take(const peer_ack& ack);

  /// What is to be acknowledged now: if it is much, or, `at_last`, if there is anything.
  std::optional<peer_ack> acknowledgement(bool at_last);

  std::size_t queued_bytes() const noexcept { return queued_; }
  std::uint64_t unacknowledged_bytes() const noexcept { return sent_ - acknowledged_; }

private:
  struct outgoing {
    message what;
    std::size_t sent = 0;
    bool has_begun = false;
  };
  struct incoming {
    bool has_begun = false;
    std::uint64_t expected = 0;
    std::string bytes{};
  };
  static constexpr std::size_t channels = 2;
  static std::optional<std::size_t> index_of(peer_channel channel);

  std::deque<outgoing>* next_queue();
  std::string cut(std::deque<outgoing>& from);

  peer_wire_limits limits_;
  std::deque<outgoing> urgent_;
  std::array<std::deque<outgoing>, channels> others_;
  std::size_t turn_ = 0; // the channel that is looked at first
  std::size_t queued_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t acknowledged_ = 0; // by the other side

  std::array<std::array<incoming, 2>, channels> incoming_; // by channel, by urgency
  std::uint64_t taken_ = 0;
  std::uint64_t told_ = 0; // of it, acknowledged by us
};

} // namespace aiex
