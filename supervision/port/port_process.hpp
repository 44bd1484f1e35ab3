// A program in a process and a process group of its own, with pipes to its input and output.
//
// It is forked and replaced by its program at once; between the two only calls that are safe there.
// posix_spawn would do, but it cannot let the kernel kill the child when we die.
#pragma once

#include <sys/types.h>
#include <tl/expected.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace aiex {

/// An open file, closed in the end. Empty if it was not opened.
class port_file {
public:
  port_file() = default;
  explicit port_file(int number) : number_(number) {}
  ~port_file() { close(); }
  port_file(port_file&& from) noexcept : number_(std::exchange(from.number_, -1)) {}
  port_file& operator=(port_file&& from) noexcept {
    std::swap(number_, from.number_);
    return *this;
  }

  bool is_open() const noexcept { return number_ >= 0; }
  int number() const noexcept { return number_; }
  void close() noexcept;

private:
  int number_ = -1;
};

/// The least that a program may be given: less, and the system could not even load most.
inline constexpr std::uint64_t port_address_space_min = std::uint64_t{16} * 1024 * 1024;
inline constexpr std::chrono::seconds port_cpu_time_min{1};
inline constexpr std::chrono::seconds port_cpu_time_max = std::chrono::hours{24 * 365};
inline constexpr std::uint64_t port_open_files_min = 16;

/// What the kernel is to let a program have; nothing: what we have. All that it starts itself has
/// the same, each for itself.
struct port_rlimits {
  /// Beyond it there is no memory: most programs then end. Sanitized programs need terabytes.
  std::optional<std::uint64_t> address_space_bytes{};
  /// Computing, not waiting. Then it is ended by SIGXCPU, or a second later by SIGKILL.
  std::optional<std::chrono::seconds> cpu_time{};
  std::optional<std::uint64_t> open_files{};
};

/// Errors: out of the bounds above, or more than we may give; the text says which, and what may be.
tl::expected<void, std::string> check(const port_rlimits& rlimits);

/// Killed with all of its group and waited for in the end. The kernel kills it when the thread ends
/// that has started it, whatever ends that: kill -9 of our process leaves no orphan. (Programs that
/// it has started itself see the end of their input then.) Thread: the one that has started it.
class port_process {
public:
  /// `command`: a program, found as a shell finds one, and its arguments. Its stderr is ours; of
  /// our other files it has none. An error: what `check` finds, or the system's word for why it
  /// cannot be started.
  static tl::expected<port_process, std::string> start(
    const std::vector<std::string>& command, const port_rlimits& rlimits = {});

  ~port_process() { (void)end(); }
  port_process(port_process&& from) noexcept;
  port_process& operator=(port_process&&) = delete;

  pid_t id() const noexcept { return id_; }
  port_file& input() noexcept { return input_; }
  const port_file& output() const noexcept { return output_; }
  /// Can be read from as soon as the process has ended.
  const port_file& ended() const noexcept { return ended_; }

  /// SIGKILL to all of its group.
  void kill() noexcept;

  /// Kills what is left of the group and waits. Its status as `waitpid` says it; 0 the second time.
  int end() noexcept;

private:
  port_process() = default;

  pid_t id_ = -1;
  port_file input_; ///< Neither waits.
  port_file output_;
  port_file ended_;
};

} // namespace aiex
