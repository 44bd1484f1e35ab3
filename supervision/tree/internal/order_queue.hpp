#pragma once

#include "aiex/supervision/process/process.hpp"

#include <deque>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <utility>
#include <variant>
#include <vector>

namespace aiex {

/// What a core has ordered, carried out one after the other; each order may lead to more. Who has
/// begun to end carries out nothing: one that is killed starts nobody.
template <class Order>
class order_queue {
public:
  /// Throws std::logic_error if `self` is no process.
  explicit order_queue(const caf::abstract_actor& self) : life_(life_of(self)) {
    if (!life_)
      throw std::logic_error{"a supervisor is no process if it is spawned by CAF alone: start it "
                             "with `spawns`, `start_supervisor` or as a child"};
  }

  void add(std::vector<Order> more) {
    std::move(more.begin(), more.end(), std::back_inserter(orders_));
  }

  template <class CarryOut>
  void run(const CarryOut& carry_out) {
    while (!orders_.empty() && !life_->has_begun_to_end()) {
      const Order next = std::move(orders_.front());
      orders_.pop_front();
      std::visit(carry_out, next);
    }
  }

private:
  std::shared_ptr<const process_life> life_;
  std::deque<Order> orders_;
};

} // namespace aiex
