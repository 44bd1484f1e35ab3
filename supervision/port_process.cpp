#include "aiex/supervision/port_process.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

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

/// In the child: nothing here may allocate, lock or throw. Tells `report` why it failed.
[[noreturn]] void become(
  char* const* arguments, pid_t parent, int input, int output, int report) noexcept {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) // it has ended before the kernel knew
    ::_exit(1);
  for (int number = 1; number < NSIG; ++number)
    ::signal(number, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (::dup2(input, STDIN_FILENO) >= 0 && ::dup2(output, STDOUT_FILENO) >= 0) {
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

tl::expected<port_process, std::string> port_process::start(
  const std::vector<std::string>& command) {
  if (command.empty() || command[0].empty())
    return tl::unexpected(std::string{"a port has no program: give it one"});
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
    become(
      arguments.data(), parent, input.from.number(), output.into.number(), report.into.number());
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
