#include "aiex/supervision/port/port_process.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>

namespace aiex {

namespace {

struct pipe_ends {
  port_file from;
  port_file into;

  bool open() {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0)
      return false;
    from = port_file{ends[0]};
    into = port_file{ends[1]};
    return true;
  }
};

tl::unexpected<std::string> refused(const std::string& what, int number) {
  return tl::unexpected(what + ": " + std::strerror(number));
}

bool never_waits(const port_file& file) {
  return ::fcntl(file.number(), F_SETFL, O_NONBLOCK) == 0;
}

struct kernel_limit {
  __rlimit_resource_t of;
  rlimit value;
};
using kernel_limits = std::array<std::optional<kernel_limit>, 3>;

kernel_limits to_kernel(const port_rlimits& rlimits) {
  kernel_limits made;
  if (const auto bytes = rlimits.address_space_bytes)
    made[0] = {RLIMIT_AS, {*bytes, *bytes}};
  if (const auto time = rlimits.cpu_time) { // the second one kills, and does not say why
    const auto seconds = static_cast<rlim_t>(time->count());
    made[1] = {RLIMIT_CPU, {seconds, seconds + 1}};
  }
  if (const auto files = rlimits.open_files)
    made[2] = {RLIMIT_NOFILE, {*files, *files}};
  return made;
}

tl::expected<void, std::string> check_one(const std::string& what, std::uint64_t wanted,
  std::uint64_t least, std::uint64_t most, __rlimit_resource_t of) {
  rlimit own{};
  if (::getrlimit(of, &own) != 0)
    return refused("the limits of this process are unknown", errno);
  most = std::min<std::uint64_t>(most, own.rlim_max);
  if (wanted >= least && wanted <= most)
    return {};
  return tl::unexpected("a port's " + what + " cannot be limited to " + std::to_string(wanted) +
                        ": give it " + std::to_string(least) + " to " + std::to_string(most) +
                        ", the most that this process may give");
}

/// In the child: nothing here may allocate, lock or throw. Tells `report` why it failed.
[[noreturn]] void become(char* const* arguments, const kernel_limits& limits, pid_t parent,
  int input, int output, int report) noexcept {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) // it has ended before the kernel knew
    ::_exit(1);
  for (int number = 1; number < NSIG; ++number)
    ::signal(number, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  bool is_limited = true;
  for (const auto& each : limits)
    is_limited = is_limited && (!each || ::setrlimit(each->of, &each->value) == 0);
  if (is_limited && ::dup2(input, STDIN_FILENO) >= 0 && ::dup2(output, STDOUT_FILENO) >= 0) {
    ::syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
    ::execvp(arguments[0], arguments);
  }
  const int problem = errno;
  (void)!::write(report, &problem, sizeof problem);
  ::_exit(1);
}

} // namespace

void port_file::close() noexcept {
  if (is_open())
    ::close(std::exchange(number_, -1));
}

tl::expected<void, std::string> check(const port_rlimits& rlimits) {
  constexpr auto all = std::numeric_limits<std::uint64_t>::max();
  const auto seconds = [](std::chrono::seconds time) {
    return static_cast<std::uint64_t>(std::max(time, std::chrono::seconds{0}).count());
  };
  tl::expected<void, std::string> sound;
  if (rlimits.address_space_bytes)
    sound = check_one(
      "address_space_bytes", *rlimits.address_space_bytes, port_address_space_min, all, RLIMIT_AS);
  if (sound && rlimits.cpu_time)
    sound = check_one("cpu_time in seconds", seconds(*rlimits.cpu_time), seconds(port_cpu_time_min),
      seconds(port_cpu_time_max), RLIMIT_CPU);
  if (sound && rlimits.open_files)
    sound = check_one("open_files", *rlimits.open_files, port_open_files_min, all, RLIMIT_NOFILE);
  return sound;
}

tl::expected<port_process, std::string> port_process::start(
  const std::vector<std::string>& command, const port_rlimits& rlimits) {
  if (command.empty() || command[0].empty())
    return tl::unexpected(std::string{"a port has no program: give it one"});
  if (auto sound = check(rlimits); !sound)
    return tl::unexpected(std::move(sound.error()));
  const kernel_limits limits = to_kernel(rlimits);
  std::vector<std::string> words = command;
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words)
    arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pipe_ends input;
  pipe_ends output;
  pipe_ends report;
  if (!input.open() || !output.open() || !report.open())
    return refused("no pipe to " + command[0], errno);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0)
    return refused("no process for " + command[0], errno);
  if (child == 0)
    become(arguments.data(), limits, parent, input.from.number(), output.into.number(),
      report.into.number());
  port_process made;
  made.id_ = child;
  report.into.close();
  int problem = 0;
  ssize_t told = 0;
  while ((told = ::read(report.from.number(), &problem, sizeof problem)) < 0 && errno == EINTR)
    ;
  if (told != 0) // else it was closed by the program that took its place
    return refused(command[0] + " cannot be started", problem);
  made.ended_ = port_file{static_cast<int>(::syscall(SYS_pidfd_open, child, 0))};
  made.input_ = std::move(input.into);
  made.output_ = std::move(output.from);
  if (!made.ended_.is_open() || !never_waits(made.input_) || !never_waits(made.output_))
    return refused(command[0] + " cannot be watched", errno);
  return made;
}

port_process::port_process(port_process&& from) noexcept
    : id_(std::exchange(from.id_, -1)), input_(std::move(from.input_)),
      output_(std::move(from.output_)), ended_(std::move(from.ended_)) {}

void port_process::kill() noexcept {
  if (id_ > 0) {
    ::kill(-id_, SIGKILL);
    ::kill(id_, SIGKILL); // it may not have come to its group yet
  }
}

int port_process::end() noexcept {
  if (id_ <= 0)
    return 0;
  kill(); // the number is not given to another one before it is waited for
  int status = 0;
  while (::waitpid(id_, &status, 0) < 0 && errno == EINTR)
    ;
  id_ = -1;
  return status;
}

} // namespace aiex
