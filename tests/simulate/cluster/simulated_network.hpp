#pragma once

#include "simulate/cluster/chance.hpp"
#include "simulate/cluster/virtual_time.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace aiex::test {

using node_number = std::size_t; ///< A machine: 0, 1, 2, … Its store may be replaced.

/// How well messages travel.
struct network_quality {
  std::uint64_t lost_per_mille = 0;
  std::uint64_t doubled_per_mille = 0;
  virtual_us delay_min = 1 * millisecond;
  virtual_us delay_max = 5 * millisecond; ///< A wide range lets messages overtake each other.

  bool operator==(const network_quality&) const = default;
};

/// Bytes between machines. A link can be cut in one direction; what is under way then is lost.
class simulated_network {
public:
  using bytes = std::shared_ptr<const std::string>;
  using receiver = std::function<void(node_number to, const bytes&)>;

  simulated_network(virtual_time& time, chance& dice, receiver receive)
      : time_(time), dice_(dice), receive_(std::move(receive)) {}

  network_quality quality{};

  void send(node_number from, node_number to, bytes what);

  void cut(node_number from, node_number to) { cut_.emplace(from, to); }
  /// Nothing passes between the machines of one side and the others.
  void part(const std::set<node_number>& side, std::size_t machines);
  /// All links work again; how well is another matter.
  void join() { cut_.clear(); }
  bool is_cut(node_number from, node_number to) const { return cut_.contains({from, to}); }

  std::uint64_t delivered() const noexcept { return delivered_; }

private:
  void travel(node_number from, node_number to, const bytes& what);

  virtual_time& time_;
  chance& dice_;
  receiver receive_;
  std::set<std::pair<node_number, node_number>> cut_;
  std::uint64_t delivered_ = 0;
};

} // namespace aiex::test
