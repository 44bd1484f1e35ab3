#include "aiex/actors/cluster/mesh_core.hpp"

#include "aiex/actors/cluster/endpoint.hpp"

#include <algorithm>

namespace aiex {

using std::chrono::milliseconds;

namespace {

/// In the words of all addresses that are known: "127.0.0.1:1" for "localhost:1".
std::string canonical(const std::string& address) {
  const auto where = parse_endpoint(address);
  return where ? to_string(*where) : address;
}

} // namespace

mesh_core::mesh_core(node_card self, const std::vector<std::string>& seeds, mesh_limits limits,
  std::uint64_t random, time_point now)
    : self_(std::move(self)), limits_(limits), addresses_(self_.name, limits, random),
      last_tick_(now) {
  addresses_.add_seeds(seeds, now);
}

void mesh_core::listens_at(const std::string& address) {
  self_.address = canonical(address);
}

void mesh_core::expect(const std::vector<known_node>& all, time_point now) {
  addresses_.expect(all, now);
}

// -- dialling -------------------------------------------------------------------------------------

mesh_acts mesh_core::tick(time_point now) {
  mesh_acts acts;
  look_for_silence(now, acts);
  addresses_.forget(now);
  if (!self_.address.empty())
    dial_due(now, acts);
  return acts;
}

/// The one that has been due for the longest goes first: who never answers keeps nobody waiting.
void mesh_core::dial_due(time_point now, mesh_acts& acts) {
  std::vector<std::pair<time_point, const std::string*>> due;
  for (const auto& [address, known] : addresses_.all())
    if (!known.is_own && !known.is_dialled && known.due <= now && address != self_.address &&
        !is_linked(address, known))
      due.emplace_back(known.due, &address);
  std::stable_sort(due.begin(), due.end(),
    [](const auto& one, const auto& other) { return one.first < other.first; });
  for (const auto& [since, address] : due) {
    if (dials_.size() >= limits_.dials_max)
      return;
    addresses_.all().at(*address).is_dialled = true;
    dials_.emplace(++last_link_, *address);
    acts.emplace_back(mesh_dial{last_link_, *address});
  }
}

bool mesh_core::is_linked(const std::string& address, const mesh_address& known) const {
  return std::any_of(links_.begin(), links_.end(), [&](const auto& each) {
    const node_card& who = each.second.who;
    return canonical(who.address) == address || who.store == known.store;
  });
}

void mesh_core::dial_failed(
  mesh_link link, dial_failure how, const std::string& why, time_point now) {
  const auto dial = dials_.extract(link);
  if (!dial)
    return;
  const std::string& address = dial.mapped();
  if (const auto known = addresses_.all().find(address); known != addresses_.all().end())
    known->second.is_dialled = false;
  switch (how) {
  case dial_failure::unreachable: addresses_.failed(address, why, now); break;
  case dial_failure::own: addresses_.is_own(address); break;
  }
}

mesh_acts mesh_core::welcomed(mesh_link link, const node_welcome& answer, time_point now) {
  mesh_acts acts;
  const auto found = dials_.find(link);
  if (found == dials_.end())
    return {mesh_close{link}};
  const std::string address = found->second;
  const auto give_up = [&](dial_failure how, const std::string& why) -> mesh_acts {
    const auto known = addresses_.all().find(address);
    const bool is_news = known == addresses_.all().end() || known->second.why != why;
    dial_failed(link, how, why, now);
    acts.emplace_back(mesh_close{link});
    if (is_news)
      acts.emplace_back(mesh_warning{"no link with the node at " + address + ": " + why});
    return acts;
  };
  if (!answer.refusal.empty())
    return give_up(dial_failure::unreachable, "it refuses: " + answer.refusal);
  if (auto why = refusal({answer.protocol, answer.card}))
    return give_up(dial_failure::unreachable, *why);
  const auto who = decode_node_card(answer.card);
  if (who->store == self_.store)
    return give_up(dial_failure::own, "that is this node itself");
  dials_.erase(found);
  if (const auto known = addresses_.all().find(address); known != addresses_.all().end())
    known->second.is_dialled = false;
  addresses_.met(address, *who, now);
  replace_older(*who, now, acts);
  links_.emplace(link, mesh_peer{.who = *who, .since = now});
  go_up(link, now, acts);
  return acts;
}

// -- who may be linked ----------------------------------------------------------------------------

std::optional<std::string> mesh_core::refusal(const node_hello& hello) const {
  if (self_.address.empty())
    return "it is being started; try again in a moment";
  if (hello.protocol != node_protocol)
    return "it speaks version " + std::to_string(hello.protocol) +
           " of the protocol between nodes and this node version " + std::to_string(node_protocol) +
           ". Run the same version of aiex on both";
  const auto who = decode_node_card(hello.card);
  if (!who)
    return who.error().message;
  return conflict(*who);
}

std::optional<std::string> mesh_core::conflict(const node_card& who) const {
  if (who.cluster != self_.cluster)
    return "it belongs to cluster " + to_string(who.cluster) + " and this node to cluster " +
           to_string(self_.cluster) +
           ". Start it with an empty data folder to let it join this one";
  if (!parse_endpoint(who.address))
    return "it says that it listens at " + who.address + ", which is no address";
  if (who.store == self_.store)
    return "it has the store of this node, " + to_string(self_.store) +
           ". A data folder is of one node: start the other one with an empty one";
  if (who.name == self_.name)
    return "it has the name of this node, " + self_.name + ". Give it another one (--name)";
  for (const auto& [link, peer] : links_) {
    const node_card& other = peer.who;
    if (other.store == who.store && other.incarnation >= who.incarnation)
      return "a node with its store, " + to_string(who.store) +
             ", is linked already: another connection of it, or a copy of its data folder";
    if (other.store != who.store && other.name == who.name)
      return "a node named " + who.name + " is linked already. Give it another name (--name)";
  }
  const bool is_new = std::none_of(links_.begin(), links_.end(),
    [&](const auto& each) { return each.second.who.store == who.store; });
  if (is_new && links_.size() >= limits_.peers_max)
    return "as many nodes as there may be are linked: " + std::to_string(limits_.peers_max);
  return {};
}

void mesh_core::replace_older(const node_card& who, time_point now, mesh_acts& acts) {
  std::vector<mesh_link> older;
  for (const auto& [link, peer] : links_)
    if (peer.who.store == who.store)
      older.push_back(link);
  for (const mesh_link each : older)
    close(each, "it was started again", now, acts);
}

mesh_link mesh_core::admit(const node_hello& hello, time_point now, mesh_acts& acts) {
  const auto who = decode_node_card(hello.card);
  invariant(who.has_value(), "mesh_core: admits a node that it has to refuse");
  replace_older(*who, now, acts);
  links_.emplace(++last_link_, mesh_peer{.who = *who, .since = now});
  return last_link_;
}

node_hello mesh_core::hello() const {
  return {node_protocol, encode(self_)};
}

node_welcome mesh_core::welcome(std::string refusal) const {
  return {node_protocol, encode(self_), std::move(refusal)};
}

// -- what links bring -----------------------------------------------------------------------------

void mesh_core::go_up(mesh_link link, time_point now, mesh_acts& acts) {
  mesh_peer& peer = links_.at(link);
  peer.is_up = true;
  peer.since = now;
  addresses_.met(peer.who.address, peer.who, now);
  acts.emplace_back(mesh_up{link, peer.who});
  acts.emplace_back(mesh_heartbeat{link, peer.silence});
  mesh_introduce others{link, {}};
  for (const auto& [each, other] : links_) {
    if (each == link || !other.is_up)
      continue;
    others.all.push_back({other.who.name, other.who.address});
    acts.emplace_back(mesh_introduce{each, {{peer.who.name, peer.who.address}}});
  }
  if (!others.all.empty())
    acts.emplace_back(std::move(others));
}

mesh_acts mesh_core::heard(mesh_link link, time_point now) {
  mesh_acts acts;
  const auto found = links_.find(link);
  if (found == links_.end())
    return acts;
  found->second.silence = milliseconds{0};
  if (!found->second.is_up)
    go_up(link, now, acts);
  return acts;
}

mesh_acts mesh_core::heartbeat(mesh_link link, milliseconds silence, time_point now) {
  if (silence >= limits_.suspect_after && links_.contains(link))
    return ended(link, "it does not hear us", now);
  return heard(link, now);
}

void mesh_core::introduced(mesh_link link, const std::vector<known_node>& all, time_point now) {
  if (!links_.contains(link))
    return;
  for (const known_node& each : all)
    if (canonical(each.address) != self_.address && each.name != self_.name)
      addresses_.learn(each, now);
}

void mesh_core::look_for_silence(time_point now, mesh_acts& acts) {
  // Who was not running, or had no turn for long, knows nothing of others' silence in that time.
  const auto passed =
    std::min(std::chrono::duration_cast<milliseconds>(now - last_tick_), 2 * limits_.heartbeat);
  last_tick_ = now;
  std::vector<mesh_link> silent;
  for (auto& [link, peer] : links_) {
    peer.silence += passed;
    if (peer.silence >= limits_.suspect_after)
      silent.push_back(link);
    else if (peer.is_up)
      acts.emplace_back(mesh_heartbeat{link, peer.silence});
  }
  for (const mesh_link each : silent)
    close(each, "it was not heard for " + std::to_string(limits_.suspect_after.count()) + " ms",
      now, acts);
}

mesh_acts mesh_core::ended(mesh_link link, const std::string& why, time_point now) {
  mesh_acts acts;
  if (links_.contains(link))
    close(link, why, now, acts);
  else
    dial_failed(link, dial_failure::unreachable, why, now);
  return acts;
}

void mesh_core::close(mesh_link link, const std::string& why, time_point now, mesh_acts& acts) {
  const auto found = links_.extract(link);
  if (!found)
    return;
  const mesh_peer& peer = found.mapped();
  acts.emplace_back(mesh_close{link});
  if (peer.is_up)
    acts.emplace_back(mesh_down{link, peer.who, why});
  addresses_.lost(peer.who,
    std::chrono::duration_cast<milliseconds>(peer.is_up ? now - peer.since : now - now), now);
}

std::map<mesh_link, node_card> mesh_core::up() const {
  std::map<mesh_link, node_card> all;
  for (const auto& [link, peer] : links_)
    if (peer.is_up)
      all.emplace(link, peer.who);
  return all;
}

std::vector<unreached_node> mesh_core::unreached() const {
  std::vector<unreached_node> all;
  for (const auto& [address, known] : addresses_.all())
    if (!known.is_own && address != self_.address && !is_linked(address, known))
      all.push_back({known.name, address, known.failures, known.why});
  return all;
}

std::vector<known_node> mesh_core::known() const {
  std::vector<known_node> all;
  for (const auto& [address, known] : addresses_.all())
    all.push_back({known.name, address});
  return all;
}

} // namespace aiex
