#include "aiex/persistence/consensus/replication.hpp"

#include "aiex/persistence/consensus/durability.hpp"

#include <algorithm>
#include <utility>

namespace aiex::consensus {

namespace {

progress* peer_of(core_state& core, member_id id) {
  if (!core.leading)
    return nullptr;
  const auto found = core.leading->peers.find(id);
  return found == core.leading->peers.end() || found->second.added_at > core.durable
           ? nullptr
           : &found->second;
}

/// From memory, as many as one message holds; none if the first is not there.
std::vector<entry> entries_in_hand(const core_state& core, std::uint64_t from) {
  std::vector<entry> made;
  const auto& unsynced = core.writes.unsynced;
  if (unsynced.empty() || from < unsynced.front().place.index || from > core.last().index)
    return made;
  std::size_t bytes = 0;
  for (std::size_t at = from - unsynced.front().place.index; at < unsynced.size(); ++at) {
    bytes += unsynced[at].size();
    if (!made.empty() &&
        (bytes > limits::entries_bytes_per_message || made.size() == limits::entries_per_message))
      break;
    made.push_back(unsynced[at]);
  }
  return made;
}

void send_request(core_state& core, member_id id, progress& peer, log_place previous,
  std::vector<entry> entries, outputs& out) {
  std::size_t bytes = 0;
  for (const entry& each : entries)
    bytes += each.size();
  if (peer.mode == progress_mode::probe) {
    peer.is_paused = true;
  } else if (!entries.empty()) {
    peer.next = entries.back().place.index + 1;
    peer.window.add(peer.next - 1, bytes);
  }
  peer.commit_sent = core.committed;
  send(core, id, replicate_request{previous, std::move(entries), core.committed, peer.acknowledged},
    out);
}

void ask_for_entries(core_state& core, member_id id, progress& peer, outputs& out) {
  if (std::exchange(peer.is_reading, true))
    return;
  out.reads.push_back({id, core.term(), peer.next,
    std::min(core.durable, peer.next + limits::entries_per_message - 1),
    limits::entries_bytes_per_message, false});
}

} // namespace

void send_probe(core_state& core, member_id id, outputs& out) {
  progress* peer = peer_of(core, id);
  const auto term = peer != nullptr ? core.terms.term_at(peer->next - 1) : std::nullopt;
  if (term)
    send_request(core, id, *peer, {peer->next - 1, *term}, {}, out);
}

void send_entries(core_state& core, member_id id, outputs& out) {
  progress* peer = peer_of(core, id);
  if (peer == nullptr || peer->is_paused)
    return;
  if (peer->mode == progress_mode::probe) {
    const auto term = core.terms.term_at(peer->next - 1);
    if (!term)
      return ask_for_entries(core, id, *peer, out);
    return send_request(
      core, id, *peer, {peer->next - 1, *term}, entries_in_hand(core, peer->next), out);
  }
  while (!peer->window.is_full() && peer->next <= core.last().index) {
    const auto term = core.terms.term_at(peer->next - 1);
    auto entries = entries_in_hand(core, peer->next);
    if (entries.empty() || !term)
      return ask_for_entries(core, id, *peer, out);
    send_request(core, id, *peer, {peer->next - 1, *term}, std::move(entries), out);
  }
  if (core.committed > peer->commit_sent && peer->commit_sent < peer->next - 1)
    send_probe(core, id, out);
}

void send_to_all(core_state& core, outputs& out) {
  if (core.leading)
    for (const auto& each : core.leading->peers)
      send_entries(core, each.first, out);
}

void send_heartbeats(core_state& core, outputs& out) {
  if (!core.leading)
    return;
  core.leading->ticks_to_heartbeat = core.options.heartbeat_ticks;
  for (const auto& [id, peer] : core.leading->peers)
    if (peer.added_at <= core.durable)
      send(core, id,
        heartbeat{
          core.committed, core.leading->read_round, peer.acknowledged, core.last().index, peer.run},
        out);
}

void follow_configuration(core_state& core) {
  if (!core.leading)
    return;
  leader_state& leading = *core.leading;
  const configuration& now = core.members.current();
  std::erase_if(leading.peers, [&](const auto& each) { return now.find(each.first) == nullptr; });
  std::erase_if(leading.learners,
    [&](const auto& each) { return now.find(each.first) == nullptr || now.is_voter(each.first); });
  for (const member& each : now.members) {
    if (each.id == core.self())
      continue;
    const auto [peer, is_new] = leading.peers.try_emplace(each.id);
    if (is_new) {
      peer->second.next = core.last().index + 1;
      peer->second.added_at = core.members.index();
    }
    if (each.role == member_role::learner)
      leading.learners.try_emplace(each.id, catch_up_round{core.last().index, 0, false});
  }
}

void send_read(core_state& core, const entries_read& found, outputs& out) {
  progress* peer = core.term() == found.asked.term ? peer_of(core, found.asked.peer) : nullptr;
  if (peer == nullptr)
    return;
  peer->is_reading = false;
  const auto term = core.terms.term_at(found.previous.index);
  const bool fits = peer->next == found.asked.from && found.previous.index + 1 == peer->next &&
                    term.value_or(found.previous.term) == found.previous.term;
  const bool has_room =
    peer->mode == progress_mode::probe ? !peer->is_paused : !peer->window.is_full();
  if (fits && has_room && !found.entries.empty())
    send_request(core, found.asked.peer, *peer, found.previous, found.entries, out);
  if (fits && found.entries.empty())
    return; // nothing could be read; asked again at the next heartbeat
  send_entries(core, found.asked.peer, out);
}

} // namespace aiex::consensus
