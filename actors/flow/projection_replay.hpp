// A projection tried on what has happened: a copy that begins empty and is thrown away. Pure but
// for the reading of events.
#pragma once

#include "aiex/actors/typed/projection_type.hpp"
#include "aiex/persistence/base/function_ref.hpp"
#include "aiex/persistence/store/event_store.hpp"

#include <cstdint>
#include <string>

namespace aiex {

/// Rows of a copy are kept in memory, up to this.
inline constexpr std::size_t replay_rows_bytes_max = 64 << 20;
/// Events that a copy leaves out, by the policy `skip`; each means beginning once more.
inline constexpr std::size_t replay_skips_max = 100;

/// The events that a projection listens to.
query filter_of(const projection_type& type);

struct replayed_projection {
  std::uint64_t count = 0;   ///< Events that it was handed.
  std::uint64_t skipped = 0; ///< It could not handle these.
  std::string state_json;    ///< "null" if its state has no described form.
};

/// Hears where it is and where it will end; answers whether to go on.
using replay_progress = function_ref<bool(position at, position head)>;

/// Hands the copy what matches `asked` and what the projection listens to, up to the head as it is
/// now. Thread: any that may wait for the disk. Errors: those of the projection (with the position
/// of the event), unless its policy is `skip`; state_too_large; stopped (by `progress`); corrupt,
/// io.
result<replayed_projection> replay_projection(const projection_type& type,
  const event_store& events, const query& asked, replay_progress progress);

} // namespace aiex
