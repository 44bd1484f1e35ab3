#pragma once

#include "aiex/supervision/registry.hpp"
#include "aiex/supervision/supervisor_core.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace aiex {

/// Something a supervisor saw or did.
struct supervision_event {
  std::string path; ///< Of the child, "bank/projections/totals".
  child_change what{};
  std::string reason{};
  std::uint64_t restarts = 0;           ///< Of the child since it is known.
  exit_kind kind = exit_kind::abnormal; ///< Of `exited`.
  std::string last_message{};           ///< Of `exited`: see `crash_reason`.
  std::string site{};                   ///< The same.
};

/// "started", "exited", "restarting", and so on.
std::string_view name(child_change what) noexcept;

/// Hears of everything, in the supervisor's thread: it must not wait. May be empty.
using observer = std::function<void(const supervision_event&)>;

/// What supervisors are given beside their children.
struct supervision_context {
  observer observe{};
  std::string path{}; ///< Of the supervisor; its children's begin with it.
};

/// That of the supervisor `id` under `parent`.
supervision_context below(supervision_context parent, const std::string& id);

} // namespace aiex
