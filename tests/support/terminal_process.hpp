// A program of ours on a terminal, typed at.
#pragma once

#include "support/eventually.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace aiex::test {

/// Killed and reaped when this goes. `home` is its HOME.
class terminal_process {
public:
  terminal_process(std::vector<std::string> command, const std::string& home)
      : keyboard_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    if (keyboard_ < 0 || ::grantpt(keyboard_) != 0 || ::unlockpt(keyboard_) != 0)
      throw std::runtime_error("no terminal");
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    // The first one that the leader of a session opens is its terminal: Ctrl-C reaches it.
    ::posix_spawn_file_actions_addopen(&actions, 0, ::ptsname(keyboard_), O_RDWR, 0);
    ::posix_spawn_file_actions_adddup2(&actions, 0, 1);
    ::posix_spawn_file_actions_adddup2(&actions, 0, 2);
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    std::vector<char*> arguments;
    for (auto& word : command)
      arguments.push_back(word.data());
    arguments.push_back(nullptr);
    std::vector<std::string> variables{"HOME=" + home, "TERM=xterm", "NO_COLOR=1"};
    std::vector<char*> environment;
    for (auto& each : variables)
      environment.push_back(each.data());
    environment.push_back(nullptr);
    const int problem = ::posix_spawn(
      &pid_, arguments[0], &actions, &attributes, arguments.data(), environment.data());
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
    if (problem != 0)
      throw std::runtime_error("cannot start " + command[0]);
  }

  terminal_process(const terminal_process&) = delete;
  terminal_process& operator=(const terminal_process&) = delete;

  ~terminal_process() {
    ::close(keyboard_);
    if (!status_) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
  }

  void type(std::string_view keys) {
    if (::write(keyboard_, keys.data(), keys.size()) != static_cast<ssize_t>(keys.size()))
      throw std::runtime_error("a key got stuck");
  }

  /// Waits until it shows `text`, behind what was waited for before.
  bool shows(std::string_view text) {
    return eventually([&] {
      read_on();
      const auto found = screen_.find(text, seen_);
      if (found == std::string::npos)
        return false;
      seen_ = found + text.size();
      return true;
    });
  }

  /// All that it has shown.
  const std::string& screen() const { return screen_; }

  void send_signal(int number) { ::kill(pid_, number); }

  /// Whether what is typed is shown, and Ctrl-C is a signal.
  bool is_as_shells_want_it() const {
    termios now{};
    return ::tcgetattr(keyboard_, &now) == 0 && (now.c_lflag & ECHO) != 0 &&
           (now.c_lflag & ISIG) != 0 && (now.c_lflag & ICANON) != 0;
  }

  /// Waits for its end. Its exit status as `waitpid` says it, or nothing if it goes on.
  std::optional<int> wait() {
    eventually([&] {
      read_on();
      int status = 0;
      if (!status_ && ::waitpid(pid_, &status, WNOHANG) == pid_)
        status_ = status;
      return status_.has_value();
    });
    return status_;
  }

private:
  void read_on() {
    pollfd event{keyboard_, POLLIN, 0};
    char piece[4096];
    while (::poll(&event, 1, 0) > 0) {
      const auto count = ::read(keyboard_, piece, sizeof piece);
      if (count <= 0)
        return;
      screen_.append(piece, static_cast<std::size_t>(count));
    }
  }

  int keyboard_;
  pid_t pid_ = 0;
  std::string screen_;
  std::size_t seen_ = 0;
  std::optional<int> status_;
};

} // namespace aiex::test
