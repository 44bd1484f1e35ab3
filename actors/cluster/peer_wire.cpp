#include "aiex/actors/cluster/peer_wire.hpp"

#include <algorithm>

namespace aiex {

namespace {

/// A part's bytes in windows and acknowledgements: an empty message counts, too.
std::uint64_t cost_of(std::size_t part_bytes) {
  return part_bytes + part_overhead_bytes;
}

tl::unexpected<error> broken(const char* rule) {
  return fail(errc::invalid_argument, rule);
}

} // namespace

std::optional<std::size_t> peer_wire::index_of(peer_channel channel) {
  switch (channel) {
  case peer_channel::consensus: return 0;
  case peer_channel::store: return 1;
  }
  return {};
}

// -- out ------------------------------------------------------------------------------------------

result<void> peer_wire::send(message what) {
  const auto channel = index_of(what.channel);
  if (!channel)
    return broken("a message is for a channel that there is not");
  if (what.bytes.size() > limits_.message_bytes)
    return fail(errc::data_too_large, "a message of " + std::to_string(what.bytes.size()) +
                                        " bytes is larger than the limit of " +
                                        std::to_string(limits_.message_bytes));
  const std::size_t cost = cost_of(what.bytes.size());
  if (queued_ + cost > limits_.queue_bytes)
    return fail(errc::overloaded,
      "more than " + std::to_string(limits_.queue_bytes) + " bytes wait to be sent to it");
  queued_ += cost;
  (what.is_urgent ? urgent_ : others_[*channel]).push_back({std::move(what)});
  return {};
}

std::optional<std::string> peer_wire::next_frame() {
  std::deque<outgoing>* from = next_queue();
  return from == nullptr ? std::nullopt : std::optional{cut(*from)};
}

/// The queue whose turn it is, if the window has room for a frame of it.
std::deque<peer_wire::outgoing>* peer_wire::next_queue() {
  const std::uint64_t under_way = unacknowledged_bytes();
  if (!urgent_.empty() && under_way < limits_.window_bytes + limits_.frame_bytes)
    return &urgent_;
  if (under_way >= limits_.window_bytes)
    return nullptr;
  for (std::size_t i = 0; i < channels; ++i) {
    auto& each = others_[(turn_ + i) % channels];
    if (each.empty())
      continue;
    turn_ = (turn_ + i + 1) % channels;
    return &each;
  }
  return nullptr;
}

std::string peer_wire::cut(std::deque<outgoing>& from) {
  outgoing& next = from.front();
  const std::string_view all = next.what.bytes;
  const std::size_t most = limits_.frame_bytes - part_overhead_bytes;
  const std::size_t bytes = std::min(all.size() - next.sent, most);
  const bool is_first = !std::exchange(next.has_begun, true);
  const peer_part part{next.what.channel, next.what.is_urgent, is_first,
    next.sent + bytes == all.size(), is_first ? all.size() : 0, all.substr(next.sent, bytes)};
  std::string frame = encode(part);
  next.sent += bytes;
  sent_ += cost_of(bytes);
  if (part.is_last) {
    queued_ -= cost_of(all.size());
    from.pop_front();
  }
  return frame;
}

result<void> peer_wire::take(const peer_ack& ack) {
  if (ack.bytes < acknowledged_ || ack.bytes > sent_)
    return broken("it acknowledged what was not sent");
  acknowledged_ = ack.bytes;
  return {};
}

// -- in -------------------------------------------------------------------------------------------

result<std::optional<peer_wire::message>> peer_wire::take(const peer_part& part) {
  const auto channel = index_of(part.channel);
  if (!channel)
    return broken("it sent a message for a channel that there is not");
  if (part.message_bytes > limits_.message_bytes)
    return broken("it announced a message larger than the limit");
  incoming& into = incoming_[*channel][part.is_urgent ? 1 : 0];
  if (part.is_first == into.has_begun)
    return broken("it sent parts in another order than they belong");
  if (part.is_first)
    into = {true, part.message_bytes, {}};
  if (part.bytes.size() > into.expected - into.bytes.size())
    return broken("it sent more of a message than it had announced");
  if (part.bytes.empty() && !part.is_last)
    return broken("it sent an empty part in the middle of a message");
  into.bytes += part.bytes;
  taken_ += cost_of(part.bytes.size());
  if (part.is_last != (into.bytes.size() == into.expected))
    return broken("it ended a message at another place than it had announced");
  if (!part.is_last)
    return std::optional<message>{};
  message whole{part.channel, part.is_urgent, std::move(into.bytes)};
  into = {};
  return whole;
}

std::optional<peer_ack> peer_wire::acknowledgement(bool at_last) {
  constexpr std::uint64_t steps = 8; // of a window
  const std::uint64_t untold = taken_ - told_;
  if (untold == 0 || (!at_last && untold < limits_.window_bytes / steps))
    return {};
  told_ = taken_;
  return peer_ack{taken_};
}

} // namespace aiex
