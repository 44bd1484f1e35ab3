#pragma once

#include "aiex/actors/flow/store.hpp"
#include "aiex/persistence/base/uuid.hpp"
#include "aiex/persistence/models/read_models.hpp"
#include "aiex/persistence/models/snapshots.hpp"
#include "aiex/supervision/registry.hpp"
#include "aiex/supervision/supervision_event.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace aiex {

/// What the actors of a node are given. Passed, never global; copies refer to the same things.
struct node_services {
  std::string node; ///< Its name.
  uuid store_id;
  uuid history;
  store events;
  std::shared_ptr<read_models> models; ///< Reads; written through the models writer only.
  std::shared_ptr<snapshots> aggregate_snapshots;
  registry names; ///< "bus", "models", "aggregates/account", "projection/totals", "sessions".
  observer observe;
  std::function<timestamp()> clock; ///< Wall clock, any thread.
  std::function<uuid()> make_id;    ///< Version 7, any thread.

  caf::actor bus() const { return part("bus"); }
  caf::actor models_writer() const { return part("models"); }

  caf::actor part(std::string_view name) const { ///< broken_invariant if it is not there.
    const auto found = names.find(name);
    invariant(found.has_value(), "a part of the node that others stand on is not there");
    return *found;
  }
};

} // namespace aiex
