// What a node gives its actors: passed as a value, never global. Copies refer to the same node.
#pragma once

#include "aiex/actors/flow/snapshot_gate.hpp"
#include "aiex/actors/flow/store.hpp"
#include "aiex/persistence/base/uuid.hpp"
#include "aiex/persistence/models/read_models.hpp"
#include "aiex/persistence/models/snapshots.hpp"
#include "aiex/supervision/process/registry.hpp"

#include <functional>
#include <memory>
#include <string>

namespace aiex {

struct node_services {
  std::string node; ///< Its name.
  uuid store_id;
  uuid history;
  store events;
  /// Reads: any thread. Writes only through the models' writer.
  std::shared_ptr<read_models> models;
  std::shared_ptr<snapshots> aggregate_snapshots;
  /// "bus", "models", "aggregates/account", "projection/totals", "sessions".
  registry names;
  std::function<timestamp()> clock; ///< The wall clock. Any thread.
  std::function<uuid()> make_id;    ///< Version 7. Any thread.
  /// How the cluster looks from here.
  std::shared_ptr<const cluster_sight> cluster = std::make_shared<const cluster_sight>();
  /// What aggregates may have on its way to the models' writer.
  std::shared_ptr<snapshot_gate> snapshot_room = std::make_shared<snapshot_gate>();

  // Found by name. Throws broken_invariant if there is none: who asks is started behind them.
  caf::actor bus() const { return named("bus"); }
  caf::actor models_writer() const { return named("models"); }

private:
  caf::actor named(std::string_view name) const {
    auto found = names.find(name);
    invariant(found.has_value(), "an actor that the node starts first is not there");
    return std::move(*found);
  }
};

} // namespace aiex
