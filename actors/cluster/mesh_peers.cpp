#include "aiex/actors/cluster/mesh_peers.hpp"

#include "aiex/actors/cluster/endpoint.hpp"

#include <algorithm>
#include <optional>

namespace aiex {

using std::chrono::milliseconds;

namespace {

/// Where one can be dialled, always in the same words: "127.0.0.1:1" for "localhost:1".
std::optional<std::string> dialled_as(const std::string& text) {
  const auto where = parse_endpoint(text);
  if (!where || where->port == 0 || text.size() > node_address_bytes_max)
    return {};
  return to_string(*where);
}

} // namespace

mesh_address* mesh_addresses::enter(const known_node& where, time_point now) {
  const auto address = dialled_as(where.address);
  if (!address)
    return nullptr;
  auto found = all_.find(*address);
  if (found == all_.end()) {
    if (all_.size() >= limits_.addresses_max)
      return nullptr;
    found = all_.emplace(*address, mesh_address{}).first;
    found->second.name = where.name;
    found->second.due = now + delay_of(found->second);
  }
  if (!where.name.empty())
    found->second.name = where.name;
  found->second.forget_at = now + limits_.forget_after;
  return &found->second;
}

void mesh_addresses::add_seeds(const std::vector<std::string>& all, time_point now) {
  for (const std::string& each : all)
    if (mesh_address* known = enter({.address = each}, now))
      known->is_seed = true;
}

void mesh_addresses::expect(const std::vector<known_node>& all, time_point now) {
  for (auto& [address, known] : all_)
    known.is_expected = false;
  for (const known_node& each : all)
    if (mesh_address* known = enter(each, now))
      known->is_expected = true;
}

void mesh_addresses::learn(const known_node& where, time_point now) {
  (void)enter(where, now);
}

void mesh_addresses::met(const std::string& address, const node_card& who, time_point now) {
  for (const std::string& each : {address, who.address})
    if (mesh_address* known = enter({who.name, each}, now)) {
      known->store = who.store;
      known->why.clear();
    }
}

void mesh_addresses::failed(const std::string& address, const std::string& why, time_point now) {
  const auto found = all_.find(address);
  if (found == all_.end())
    return;
  mesh_address& known = found->second;
  ++known.failures;
  known.why = why;
  known.due = now + delay_of(known);
}

void mesh_addresses::is_own(const std::string& address) {
  if (const auto found = all_.find(address); found != all_.end())
    found->second.is_own = true;
}

void mesh_addresses::lost(const node_card& who, milliseconds lived, time_point now) {
  for (auto& [address, known] : all_) {
    if (known.store != who.store)
      continue;
    known.failures = lived >= limits_.lived_min ? 0 : known.failures + 1;
    known.due = now + delay_of(known);
    known.forget_at = now + limits_.forget_after;
  }
}

void mesh_addresses::forget(time_point now) {
  std::erase_if(all_, [now](const auto& each) {
    const mesh_address& known = each.second;
    return !known.is_seed && !known.is_expected && !known.is_dialled && known.forget_at <= now;
  });
}

/// How long from now until it is dialled: between a half and the whole of what it grows to.
milliseconds mesh_addresses::delay_of(const mesh_address& of) {
  const bool yields = !of.name.empty() && of.name < self_;
  milliseconds delay = yields ? limits_.yield_for : milliseconds{0};
  if (of.failures > 0) {
    const auto doublings = std::min(of.failures - 1, 16U);
    delay += std::min(limits_.redial_max, limits_.redial_first * (1U << doublings));
  }
  return delay / 2 + jittered(delay / 2);
}

milliseconds mesh_addresses::jittered(milliseconds most) {
  return milliseconds{std::uniform_int_distribution<std::int64_t>{0, most.count()}(random_)};
}

} // namespace aiex
