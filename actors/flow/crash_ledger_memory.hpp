// What went wrong below the supervisors, kept until the log has it. Pure: supervisors note it from
// any thread and never wait for a disk; the ledger writes it down.
#pragma once

#include "aiex/actors/flow/crash_site.hpp"
#include "aiex/persistence/base/timestamp.hpp"
#include "aiex/persistence/base/uuid.hpp"
#include "aiex/persistence/codec/fields.hpp"
#include "aiex/persistence/log/append.hpp"
#include "aiex/supervision/tree/supervision_event.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aiex {

/// One event for each that is recorded, of the types "child_exited", "child_restarting",
/// "child_failed_to_start", "child_killed", "child_abandoned", "child_gave_up",
/// "child_shutdown_error", "child_stuck" and "child_returned".
inline constexpr std::string_view supervision_stream = "$supervision";

/// The data of such an event, whatever its type.
struct crash {
  std::string child{};        ///< Its path.
  std::string reason{};       ///< Up to `crash_ledger_memory::reason_bytes_max`.
  std::uint64_t restarts = 0; ///< Of the child since it is known.
  std::string at{};           ///< When it was seen; the event may be recorded later.
  std::uint64_t lost = 0;     ///< Seen before this one, and forgotten because too many waited.
  std::optional<std::string> last_message{}; ///< The types of what it was, or is, handling.
  std::optional<crash_site> site{};          ///< Of an aggregate whose function threw.
  /// Of a handler that runs for too long, or has: since when, as `at`; to some hundredths.
  std::optional<std::string> handler_since{};
  std::optional<std::uint64_t> handler_ms{}; ///< And for how long, until `at`.

  static constexpr auto fields = aiex::fields("crash", &crash::child, "child", &crash::reason,
    "reason", &crash::restarts, "restarts", &crash::at, "at", &crash::lost, "lost",
    &crash::last_message, "last_message", &crash::site, "site", &crash::handler_since,
    "handler_since", &crash::handler_ms, "handler_ms");
};

/// Whether it goes into the ledger: what ended well, started or was stopped does not.
bool is_recorded(const supervision_event& what);

/// The type of its event: "child_exited", and so on.
std::string type_of(child_change what);

/// The types that count as crashes: one for each time that a child ended, or began, as it should
/// not. The others come with one of these, or are of a child that lives.
std::vector<std::string> types_of_crashes();

/// The last part of a path: "totals" of "aiexd/projections/totals".
std::string_view last_part(std::string_view path);

/// `name` as a tag: what is no text is replaced, and of a longer one the end counts.
std::string to_tag(std::string_view name);

class crash_ledger_memory {
public:
  static constexpr std::size_t waiting_max = 1'024; ///< Of a storm the beginning is kept.
  /// Of the sites of those that wait; without room for its site, a crash is kept without it.
  static constexpr std::size_t site_bytes_max = std::size_t{4} * 1024 * 1024;
  static constexpr std::size_t reason_bytes_max = 1'024;

  /// `make_id`: with the id that a crash is given here, its append can be repeated.
  crash_ledger_memory(std::function<timestamp()> clock, std::function<uuid()> make_id)
      : clock_(std::move(clock)), make_id_(std::move(make_id)) {}

  /// Whether there is something to write down; who does that is woken then. Any thread.
  bool note(const supervision_event& what);

  /// From now on `writer` is called in the noting thread when there is something to write down, and
  /// at once if there is already. It takes the place of the one before. Any thread.
  void wakes(std::function<void()> writer);

  /// The oldest that waits, as an event with the tags path and last part. It belongs to what the
  /// crash belongs to: the correlation and causation of its site, if an event may have such ids.
  /// Any thread.
  std::optional<event> front() const;

  /// It has been written down, or never will be. Any thread.
  void forget(const uuid& id);

  std::size_t waiting() const;
  std::uint64_t lost() const; ///< In all.

private:
  struct noted {
    uuid id;
    child_change what{};
    crash seen;
    std::size_t site_bytes = 0;
  };

  void keep(const supervision_event& what);

  std::function<timestamp()> clock_;
  std::function<uuid()> make_id_;
  mutable std::mutex lock_; // guards all below
  std::function<void()> writer_;
  std::deque<noted> waiting_;
  std::uint64_t lost_ = 0;
  std::uint64_t lost_untold_ = 0; ///< Since the last that was kept.
  std::size_t site_bytes_ = 0;    ///< Of those that wait.
};

} // namespace aiex
