// Carries frames between a program and whoever has started it, in a thread of its own: it may take
// its time with what it is sent, and with what it says.
#pragma once

#include "aiex/supervision/port/port_core.hpp"
#include "aiex/supervision/port/port_process.hpp"

#include <tl/expected.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace aiex {

/// What became of a program.
struct port_end {
  int status = 0;        ///< As `waitpid` says it.
  std::string failure{}; ///< Why it was killed, if what it said could not be understood.
};

/// Both are called from the pump's thread and must not wait; the second one at most once, behind
/// the last frame.
struct port_listener {
  std::function<void(std::string frame)> on_frame;
  std::function<void(const port_end& end)> on_end;
};

/// In the end the program is killed with all of its group, if it has not ended, and waited for.
class port_pump {
public:
  /// Returns as soon as the program has begun. An error: why it cannot.
  static tl::expected<std::unique_ptr<port_pump>, std::string> start(
    const std::vector<std::string>& command, const port_rlimits& rlimits, port_limits limits,
    port_listener listener);

  ~port_pump();
  port_pump(const port_pump&) = delete;
  port_pump& operator=(const port_pump&) = delete;

  // Any thread.

  port_outcome send(std::string_view bytes);
  /// The end of its input, behind what was taken.
  void close_input();
  /// So many frames that it was told are handled.
  void heard(std::size_t frames);
  /// All of its group.
  void kill();
  pid_t id() const noexcept { return id_; }

private:
  port_pump(port_limits limits, port_listener listener);

  void run(port_process process);
  bool turn(port_process& process);
  void write_some(port_process& process);
  bool read_some(port_process& process);
  bool tell(bool whatever_is_unheard);
  void finish(port_process& process);
  void wake() const noexcept;

  const port_limits limits_;
  const port_listener listener_;
  port_file bell_; ///< Rung when something below has changed.
  pid_t id_ = 0;

  std::mutex lock_; // guards all below
  port_outbox outbox_;
  std::size_t unheard_ = 0;
  bool is_to_kill_ = false;
  bool is_over_ = false;

  // Of the thread alone.
  port_inbox inbox_;
  bool is_output_closed_ = false;
  std::string failure_;

  std::thread thread_;
};

} // namespace aiex
