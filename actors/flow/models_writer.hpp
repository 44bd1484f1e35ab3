// The one writer of read models and snapshots: gathers what has come while it waited for the disk
// into one synced transaction of read models and one of snapshots. Read models come first, because
// somebody waits for them; snapshots that are more than one transaction wait for the next turn.
#pragma once

#include "aiex/actors/flow/snapshot_gate.hpp"
#include "aiex/persistence/models/read_models.hpp"
#include "aiex/persistence/models/snapshots.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/behavior.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace aiex {

/// What waits for the writer at most; beyond it a save is refused and a snapshot is dropped.
struct models_writer_limits {
  std::size_t saves = 1'024;
  std::size_t bytes = 64 << 20;
  std::size_t transaction_bytes = 16 << 20; ///< One save alone may be larger; of snapshots, too.
  std::size_t snapshots = 1'024;
  std::size_t rows_cleaned = 1'000; ///< Dead rows dropped by one transaction.
};

/// What to do when a write or a sync has failed: a later one can succeed over pages that are lost,
/// so nothing is to be served or saved any more. A node ends its process there. Called for io and
/// corrupt, and never for store_full. It may be empty.
using on_models_failure = std::function<void(const error&)>;

/// Answered with `saved` when it is durable. Errors: those of `read_models::save`; overloaded.
struct save_projection_call {
  std::shared_ptr<const projection_save> save;
};
struct saved {
  result<void> outcome;
};

/// No answer: a snapshot is never needed. Of one stream the last that waits is saved.
struct save_snapshot {
  std::string stream;
  snapshot taken;
  std::shared_ptr<const snapshot_gate::permit> permit{}; ///< Held while it waits.
};

/// Drops the record and all rows; answered with `saved` when nothing is left. The projection must
/// not run any more.
struct forget_projection_call {
  std::string name;
};

/// Drops rows of generations before this one, little by little. No answer.
struct clean_projection {
  std::string name;
  std::uint64_t generation = 0;
};

/// Answered with `models_writer_statistics`.
struct models_writer_statistics_call {};
struct models_writer_statistics {
  std::uint64_t transactions = 0; ///< Of read models.
  std::uint64_t saves = 0;        ///< Done.
  std::uint64_t refusals = 0;     ///< Answered with an error.
  std::uint64_t snapshots = 0;
  std::uint64_t snapshot_transactions = 0;
  std::uint64_t snapshots_dropped = 0; ///< Too many waited, or the save failed.
  std::string last_failure;
};

struct models_writer_state {
  static inline const char* name = "models";
  struct waiting_save {
    std::shared_ptr<const projection_save> save;
    caf::typed_response_promise<saved> promise;
  };
  std::vector<waiting_save> waiting;
  std::size_t waiting_bytes = 0;
  std::map<std::string, save_snapshot> waiting_snapshots; ///< By stream.
  bool is_flush_due = false;
  models_writer_statistics counted;
};

/// The writer. Runs detached: it waits for the disk.
///
///   save_projection_call -> saved
///   save_snapshot
///   forget_projection_call -> saved
///   clean_projection
///   models_writer_statistics_call -> models_writer_statistics
caf::behavior models_writer(caf::stateful_actor<models_writer_state>* self,
  std::shared_ptr<read_models> models, std::shared_ptr<snapshots> aggregate_snapshots,
  models_writer_limits most, on_models_failure on_failure);

} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::save_projection_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::saved)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::save_snapshot)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::forget_projection_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::clean_projection)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::models_writer_statistics_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::models_writer_statistics)
