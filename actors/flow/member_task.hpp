#pragma once

#include "aiex/persistence/consensus/configuration.hpp"
#include "aiex/persistence/consensus/input.hpp"
#include "aiex/persistence/log/append.hpp"

#include <cstdint>
#include <memory>
#include <variant>

namespace aiex {

/// To any member: up to where has it applied the log? The answer's index says it.
struct tell_applied {};

/// What a member is asked to do. Only the leader can decide an append, change the members, and hand
/// over.
using member_task = std::variant<std::shared_ptr<const append_request>, consensus::member_change,
  consensus::transfer, tell_applied>;

/// The answer. `index`: what that member had applied; who has applied as much sees what it rests
/// on. Of all but an append the result has no parts.
struct task_done {
  std::uint64_t index = 0;
  result<append_result> outcome{};
};

} // namespace aiex
