// A program of ours in a process of its own, for what only a death can show.
#pragma once

#include "support/eventually.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace aiex::test {

/// Killed and reaped when this goes. Its stdin and stdout are pipes to us.
class child_process {
public:
  explicit child_process(std::vector<std::string> command) {
    int input[2];
    int output[2];
    if (::pipe2(input, O_CLOEXEC) != 0 || ::pipe2(output, O_CLOEXEC) != 0)
      throw std::runtime_error("no pipe");
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, input[0], 0);
    ::posix_spawn_file_actions_adddup2(&actions, output[1], 1);
    std::vector<char*> arguments;
    for (auto& word : command)
      arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const int problem =
      ::posix_spawn(&pid_, arguments[0], &actions, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(input[0]);
    ::close(output[1]);
    input_ = input[1];
    output_ = output[0];
    if (problem != 0)
      throw std::runtime_error("cannot start " + command[0]);
  }

  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;

  ~child_process() {
    end_input();
    ::close(output_);
    if (!status_) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
  }

  /// The next line it prints, without its end; what there is at the end of output.
  std::string read_line() {
    std::string line;
    char byte = 0;
    pollfd event{output_, POLLIN, 0};
    while (::poll(&event, 1, static_cast<int>(patience.count())) > 0 &&
           ::read(output_, &byte, 1) == 1 && byte != '\n')
      line += byte;
    return line;
  }

  void end_input() {
    if (input_ >= 0)
      ::close(std::exchange(input_, -1));
  }

  void send_signal(int number) { ::kill(pid_, number); }

  /// Waits for its end. Its exit status as `waitpid` says it, or nothing if it goes on.
  std::optional<int> wait() {
    eventually([&] {
      int status = 0;
      if (!status_ && ::waitpid(pid_, &status, WNOHANG) == pid_)
        status_ = status;
      return status_.has_value();
    });
    return status_;
  }

private:
  pid_t pid_ = 0;
  int input_ = -1;
  int output_ = -1;
  std::optional<int> status_;
};

} // namespace aiex::test
