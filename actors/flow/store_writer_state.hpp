// What the store's writer is given, and what it remembers.
#pragma once

#include "aiex/actors/flow/append_desk.hpp"
#include "aiex/actors/flow/cluster_sight.hpp"
#include "aiex/actors/flow/group_gathering.hpp"
#include "aiex/actors/flow/member_messages.hpp"
#include "aiex/persistence/base/timestamp.hpp"
#include "aiex/persistence/base/uuid.hpp"

#include <caf/actor.hpp>
#include <caf/response_promise.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace aiex {

/// What the writer is given: time, chance, and what to do when the store has failed. A failed store
/// is never restarted beside itself: a node ends its process there.
struct store_environment {
  std::function<timestamp()> clock;
  std::function<void(const error&)> on_failure;
  std::function<std::uint64_t()> random = system_random; ///< For the elections.
  std::shared_ptr<cluster_sight> sight = std::make_shared<cluster_sight>();
};

/// Closed and not answered yet: then the next group waits, and grows.
inline constexpr std::size_t groups_under_way_max = 8;

struct store_writer_state {
  static inline const char* name = "store";
  append_desk desk;
  bool is_flush_due = false;
  bool is_work_due = false;
  std::vector<caf::actor> followers;
  position told; ///< The head that followers know.
  store_statistics counted;
  group_gathering gathering;
  std::uint64_t gatherings = 0; ///< Begun; tells an old one's end from the present one's.
  std::map<std::uint64_t, std::chrono::steady_clock::time_point> began{}; ///< Groups, when closed.
  std::optional<append_answers> answers;

  // of a cluster
  caf::actor peers{}; ///< Null: it was always alone.
  std::set<consensus::member_id> linked{};
  struct waiting_read {
    caf::response_promise promise{};
    std::uint32_t ticks = 0; ///< It was kept.
  };
  std::map<std::uint64_t, waiting_read> reads{}; ///< By ticket.
  std::vector<waiting_read> kept_reads{};        ///< Until somebody leads: begun again at a tick.
  struct waiting_change {
    caf::response_promise promise{};
    std::optional<remote_asker> remote{};
    consensus::member_change what{};
    std::uint32_t ticks = 0; ///< It was kept.
  };
  std::vector<waiting_change> kept_changes{}; ///< Until another one is done: begun again at a tick.
  std::map<std::uint64_t, waiting_change> changes{};              ///< Begun here, by ticket.
  std::map<std::uint64_t, waiting_change> asked_changes{};        ///< Of the leader, by number.
  std::map<std::uint64_t, caf::response_promise> asked_applied{}; ///< Of any member, by number.
  std::uint64_t last_change = 0;
};

} // namespace aiex
