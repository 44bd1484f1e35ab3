#pragma once

#include "simulate/cluster/simulated_disk.hpp"
#include "simulate/cluster/simulated_node.hpp"

#include <fmt/format.h>

#include <memory>
#include <string>

namespace aiex::test {

/// A machine with a disk and a node. If the disk is replaced, so is the node: a member is its store
/// id, whatever its name.
struct simulated_machine {
  node_number number = 0;
  std::uint64_t stores = 0; ///< Counts them.
  std::unique_ptr<simulated_disk> disk{};
  std::unique_ptr<simulated_node> node{};

  std::string name() const { return fmt::format("n{}", number + 1); }

  /// The id of its so-many-th store.
  static consensus::member_id id_of_store(node_number number, std::uint64_t stores) {
    consensus::member_id made;
    made.bytes[0] = 0xa0;
    made.bytes[14] = static_cast<std::uint8_t>(stores);
    made.bytes[15] = static_cast<std::uint8_t>(number + 1);
    return made;
  }
  static node_number number_of(consensus::member_id id) { return id.bytes[15] - std::size_t{1}; }
  /// Of a member, for the list of members: names are unique there, also while a replaced one is
  /// still in it.
  static std::string name_of(consensus::member_id id) {
    return fmt::format("n{}.{}", id.bytes[15], id.bytes[14]);
  }

  consensus::member_id id() const { return id_of_store(number, stores); }
  bool leads() const { return node->leads(); }
};

} // namespace aiex::test
