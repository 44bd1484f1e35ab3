// Tested by tests/apps/application/application_test.cpp.
#include "application/attendance.hpp"

#include "aiex/exit_code.hpp"
#include "aiex/interrupt.hpp"
#include "aiex/program.hpp"

#include <pthread.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <thread>
#include <utility>

namespace aiex {

namespace {

sigset_t set_of(std::initializer_list<int> signals) {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int each : signals)
    ::sigaddset(&set, each);
  return set;
}

void wait_for(const sigset_t& signals) {
  int received = 0;
  ::sigwait(&signals, &received);
}

/// How the terminal on standard input was set when this was made, if it is one.
class terminal_settings {
public:
  terminal_settings() : is_terminal_(::tcgetattr(STDIN_FILENO, &before_) == 0) {}

  /// Who is ended while a line is typed leaves it without echo, and without Ctrl-C.
  void restore() const noexcept {
    if (is_terminal_)
      ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
  }

private:
  termios before_{};
  bool is_terminal_;
};

/// What the shell of a node's own process has: its certificate, if it has one.
tool::surroundings own_surroundings(const node& running) {
  tool::surroundings own = tool::surroundings_of_process();
  const tls_files files = running.certificates().value_or(tls_files{});
  own.otherwise.certificate = files.certificate;
  own.otherwise.key = files.key;
  own.otherwise.authority = files.authority;
  own.otherwise.revocations = files.revocations;
  return own;
}

/// Says what is not as it should be; answers the status of the process.
int report(const node_end& how, const std::string& program, int status) {
  for (const std::string& line : how.left)
    std::cerr << program << ": left behind: " << line << std::endl;
  if (how.closed)
    return status;
  const error& why = how.closed.error();
  std::cerr << program << ": " << why.message << " [" << name(why.code) << "]" << std::endl;
  return tool::exit_failure;
}

} // namespace

int stop(node& running, const std::string& program, int status) {
  const node_end how = running.stop();
  const int final_status = report(how, program, status);
  if (how.left.empty())
    return final_status;
  std::cout.flush();
  std::_Exit(final_status); // threads that nobody can take back
}

std::function<void(const std::string& why)> end_process_of(std::string program) {
  return [program = std::move(program)](const std::string& why) {
    std::cerr << program << ": " << why << std::endl;
    std::_Exit(1);
  };
}

attendance::attendance() {
  const sigset_t signals = set_of({SIGTERM, SIGINT});
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGXFSZ, SIG_IGN); // a file that may not grow is an error of its write, not our death
}

int attendance::wait() const {
  wait_for(set_of({SIGTERM, SIGINT}));
  return 0;
}

bool attendance::run(
  const std::function<void(const std::atomic<bool>& is_told_to_end)>& work) const {
  std::atomic<bool> is_told{false};
  std::atomic<bool> is_done{false};
  std::thread listener{[&is_told, &is_done] {
    const sigset_t signals = set_of({SIGTERM, SIGINT});
    for (wait_for(signals); !is_done; wait_for(signals))
      if (is_told.exchange(true))
        std::_Exit(tool::exit_interrupted);
  }};
  work(is_told);
  is_done = true; // the signal that comes now is ours
  ::pthread_kill(listener.native_handle(), SIGTERM);
  listener.join();
  return is_told;
}

int attendance::run_shell(node& running, const std::string& program) const {
  const terminal_settings terminal;
  std::atomic<bool> is_over{false}; // whoever sets it first ends the node
  std::thread told_to_end{[&] {
    wait_for(set_of({SIGTERM}));
    if (is_over.exchange(true))
      return;
    // The end of the node's system waits until the thread that made it lets go of its logger. That
    // one has: the shell's client is an actor system too, made there later.
    const node_end how = running.stop();
    terminal.restore();
    std::_Exit(report(how, program, 0)); // the shell waits for a key
  }};
  const sigset_t interrupt = set_of({SIGINT});
  tool::leave_on_interrupt();
  ::pthread_sigmask(SIG_UNBLOCK, &interrupt, nullptr);
  const int code = tool::run_command_line(
    {"shell", to_string(dialled(running.listen()))}, own_surroundings(running));
  ::pthread_sigmask(SIG_BLOCK, &interrupt, nullptr);
  if (!is_over.exchange(true))
    ::pthread_kill(told_to_end.native_handle(), SIGTERM);
  told_to_end.join(); // does not return if a signal came first
  return code;
}

} // namespace aiex
