#pragma once

#include "aiex/persistence/models/read_models.hpp"
#include "aiex/persistence/models/snapshots.hpp"
#include "aiex/persistence/store/data_folder.hpp"
#include "aiex/persistence/store/event_store.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace aiex {

struct local_store_options {
  std::filesystem::path folder;
  std::string node;
  std::function<uuid()> make_id;          ///< For the ids of a new folder.
  std::uint64_t map_bytes = 256ULL << 30; ///< Of each environment; sparse.
  /// The history of a cluster. A new folder begins empty and waits to be joined as a member: it
  /// leads nobody, and gets the log from others. Nothing: a new folder is a store of its own.
  std::optional<uuid> joins{};
};

/// A node's folder with all that stands in it, open. One per folder and process.
class local_store {
public:
  /// Opens or makes the folder; verifies the tail of the log; brings the state up to it, or
  /// rebuilds it if it is damaged, another log's, or not to be trusted after a power loss. Errors:
  /// those of `data_folder::open` and `event_store::open`; lost_events, too, if a read model has
  /// counted events that the log does not have and no other voter can; invalid_argument, if the
  /// folder holds another history than the one it is to join.
  static result<local_store> open(const local_store_options& options);

  /// Syncs the state and marks it clean, so that the next start need not look. Not needed for being
  /// right. Nothing may be appended afterwards.
  result<void> close();

  const store_identity& identity() const noexcept { return folder_.identity(); }
  const data_folder& folder() const noexcept { return folder_; }
  const std::shared_ptr<event_store>& events() const noexcept { return events_; }
  const std::shared_ptr<read_models>& models() const noexcept { return models_; }
  const std::shared_ptr<snapshots>& aggregate_snapshots() const noexcept { return snapshots_; }
  bool was_rebuilt() const noexcept { return was_rebuilt_; } ///< The state, when it was opened.

private:
  local_store(data_folder folder, const ordered_tables& models)
      : folder_(std::move(folder)), models_(std::make_shared<read_models>(models)),
        snapshots_(std::make_shared<snapshots>(models)) {}

  result<void> open_events(const local_store_options& options);

  data_folder folder_;
  std::shared_ptr<event_store> events_;
  std::shared_ptr<read_models> models_;
  std::shared_ptr<snapshots> snapshots_;
  bool was_rebuilt_ = false;
};

} // namespace aiex
