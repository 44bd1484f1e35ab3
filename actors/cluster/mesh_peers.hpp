// The tables of a mesh: the links it has, and the addresses it knows.
#pragma once

#include "aiex/actors/cluster/peer_channel.hpp"
#include "aiex/actors/runtime/node_protocol.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace aiex {

/// A link of a mesh. Never used twice by one mesh.
using mesh_link = std::uint64_t;

struct mesh_limits {
  std::chrono::milliseconds heartbeat{100};
  std::chrono::milliseconds suspect_after{1'000}; ///< Unheard for so long: down.

  std::chrono::milliseconds redial_first{100}; ///< Then twice as long each time, up to
  std::chrono::milliseconds redial_max{5'000};
  std::chrono::milliseconds yield_for{1'000};      ///< So much later the larger name dials.
  std::chrono::milliseconds lived_min{1'000};      ///< A link that was shorter is a failure.
  std::chrono::milliseconds forget_after{600'000}; ///< A learnt address nobody answers at.
  std::chrono::milliseconds dial_deadline{2'000};  ///< For the connection, and again the hello.

  std::size_t peers_max = 64;
  std::size_t addresses_max = 256;
  std::size_t dials_max = 8; ///< At once.
};

/// A link whose other side has said who it is.
struct mesh_peer {
  node_card who{};
  bool is_up = false;                  ///< Else it was admitted, and has not said a word yet.
  std::chrono::milliseconds silence{}; ///< Not heard for so long, as far as we were running.
  std::chrono::steady_clock::time_point since{};
};

/// What is known of an address.
struct mesh_address {
  std::string name{}; ///< Empty: not known yet.
  uuid store{};       ///< Nil: not known yet.
  bool is_seed = false;
  bool is_expected = false;
  bool is_own = false; ///< Leads to this node, or nowhere ever.
  bool is_dialled = false;
  std::uint32_t failures = 0; ///< In a row.
  std::string why{};          ///< The last failure.
  std::chrono::steady_clock::time_point due{};
  std::chrono::steady_clock::time_point forget_at{}; ///< If it is neither seed nor expected.
};

/// The addresses a mesh knows, and when it dials each.
class mesh_addresses {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// `self`: the own name.
  mesh_addresses(std::string self, mesh_limits limits, std::uint64_t random)
      : self_(std::move(self)), limits_(limits), random_(random) {}

  void add_seeds(const std::vector<std::string>& all, time_point now);
  void expect(const std::vector<known_node>& all, time_point now);

  /// A peer says that a node is there. Not if there is no room, or it is no address.
  void learn(const known_node& where, time_point now);

  /// A node answered there: that resets nothing but when it is forgotten.
  void met(const std::string& address, const node_card& who, time_point now);

  void failed(const std::string& address, const std::string& why, time_point now);
  void is_own(const std::string& address);
  /// The link to there has ended, after it was up for so long.
  void lost(const node_card& who, std::chrono::milliseconds lived, time_point now);

  /// Lets go of what nobody has answered at for too long.
  void forget(time_point now);

  std::map<std::string, mesh_address>& all() noexcept { return all_; }
  const std::map<std::string, mesh_address>& all() const noexcept { return all_; }

private:
  mesh_address* enter(const known_node& where, time_point now);
  std::chrono::milliseconds delay_of(const mesh_address& of);
  std::chrono::milliseconds jittered(std::chrono::milliseconds most);

  std::string self_;
  mesh_limits limits_;
  std::minstd_rand random_;
  std::map<std::string, mesh_address> all_;
};

} // namespace aiex
