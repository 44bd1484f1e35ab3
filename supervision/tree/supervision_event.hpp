#pragma once

#include "aiex/supervision/process/registry.hpp"
#include "aiex/supervision/tree/supervisor_core.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace aiex {

class process_table;

/// Something a supervisor saw or did, or the watchdog saw.
struct supervision_event {
  std::string path; ///< Of the child, "bank/projections/totals".
  child_change what{};
  std::string reason{};
  std::uint64_t restarts = 0;           ///< Of the child since it is known.
  exit_kind kind = exit_kind::abnormal; ///< Of `exited`.
  /// Of `exited`: see `crash_reason`. Of `stuck` and `returned`: what the handler was given.
  std::string last_message{};
  std::string site{}; ///< Of `exited`, as well.
  /// Of `stuck`: the handler, until now. Of `returned`: in all.
  std::optional<std::chrono::milliseconds> ran_for{};
};

/// "started", "exited", "restarting", and so on.
std::string_view name(child_change what) noexcept;

/// Hears of everything, in the thread of the supervisor that tells it, or in the watchdog's:
/// several may call it at once, and it must not wait. May be empty.
using observer = std::function<void(const supervision_event&)>;

/// Tells it, if there is one. What it throws ends nobody, as no log handler of OTP's does.
void tell(const observer& whom, const supervision_event& event) noexcept;

/// What supervisors are given beside their children.
struct supervision_context {
  observer observe{};
  std::string path{};                         ///< Of the supervisor; its children's begin with it.
  std::shared_ptr<process_table> processes{}; ///< Where its children are entered, if anywhere.
};

/// That of the supervisor `id` under `parent`.
supervision_context below(supervision_context parent, const std::string& id);

} // namespace aiex
