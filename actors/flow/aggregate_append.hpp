// From a decision to the append that makes it true.
#pragma once

#include "aiex/actors/flow/aggregate_calls.hpp"
#include "aiex/persistence/base/digest.hpp"
#include "aiex/persistence/codec/fields.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aiex {

/// In the stream `$owner-<stream>`: from now on the owner of the stream is this node. The event's
/// version is the epoch.
struct owner_claimed {
  std::string node{};

  static constexpr auto fields = aiex::fields("owner_claimed", &owner_claimed::node, "node");
};

/// Whose command it is.
struct append_identity {
  std::string_view category;
  std::string_view stream;
  std::string_view node;
  bool is_owned = false;   ///< Its writes carry the stream as owner, and the epoch.
  std::uint64_t epoch = 0; ///< Of the owner; 0: nobody owns it, the first append claims it.
};

/// The epoch that the first append of an owned stream begins. Its own events do not carry it yet.
inline constexpr std::uint64_t first_epoch = 1;

/// Appends `events` behind `version`; without events it asks for the stream's version, or for what
/// the command led to. Its own stream is the first part, the claim of an epoch the second. A repeat
/// with the same command id has the same ids and digest. Precondition: the call has a command id.
/// Errors: those of `encode`.
result<append_request> append_for(sha256& hash, const append_identity& who,
  const dispatch_call& call, std::uint64_t version, const std::vector<encoded>& events);

} // namespace aiex
