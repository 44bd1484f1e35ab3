// What follows the log at a node: the library's projection core and model, driven in virtual time.
// An operator pauses, resumes and rebuilds it, events cannot be handled and saves fail, all by
// chance.
#pragma once

#include "aiex/actors/flow/projection_core.hpp"
#include "aiex/actors/flow/projection_model.hpp"
#include "aiex/persistence/store/event_store.hpp"

#include "simulate/cluster/chance.hpp"
#include "simulate/cluster/simulated_disk.hpp"
#include "simulate/cluster/virtual_time.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace aiex::test {

/// What a projection needs of its node.
struct projection_surroundings {
  const event_store& store;
  simulated_disk& disk;
  chance& dice;
  std::function<virtual_us()> now;
  /// What is planned does not happen if the node ends first.
  std::function<void(virtual_us, virtual_time::action)> plan;
  std::function<void(const projection_save&)> saved; ///< Told as soon as it is on the disk.
  bool is_apart = false; ///< A planted fault: the position is saved after the rows.
};

/// Of one life of a node.
class node_projection {
public:
  explicit node_projection(projection_surroundings around);
  node_projection(const node_projection&) = delete;
  node_projection& operator=(const node_projection&) = delete;

  /// There may be new events.
  void look();
  /// Nothing goes wrong any more, and nobody pauses it.
  void be_calm();
  /// Up to here everything counts and is saved.
  position saved_at() const noexcept { return saved_at_; }

private:
  projection_core::time now() const;
  event_page waiting_events() const;
  void look_in(virtual_us delay);
  void work();
  void handle(const event_page& page);
  bool fails();
  void save();
  result<void> write(projection_save what);
  void on_saved(const result<void>& outcome);
  void go_back();
  void control(projection_control what);
  void plan_operator();

  projection_surroundings around_;
  std::shared_ptr<read_models> models_;
  projection_core core_;
  projection_model model_;
  position saved_at_{};
  std::optional<virtual_us> looks_at_{};
  bool is_calm_ = false;
};

} // namespace aiex::test
