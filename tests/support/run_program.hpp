// A program run to its end: what it was given, what it said, how it ended.
#pragma once

#include "support/eventually.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace aiex::test {

struct finished {
  int exit = -1; ///< -1: it did not end by itself, or not in time.
  std::string output{};
  std::string errors{};
};

/// A file without a name, in memory: a program can write as much as it likes and never waits.
class nameless_file {
public:
  explicit nameless_file(const std::string& text = {})
      : descriptor_(::memfd_create("run", MFD_CLOEXEC)) {
    if (descriptor_ < 0 ||
        ::write(descriptor_, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
      throw std::runtime_error("no file in memory");
    ::lseek(descriptor_, 0, SEEK_SET);
  }
  ~nameless_file() { ::close(descriptor_); }
  nameless_file(const nameless_file&) = delete;
  nameless_file& operator=(const nameless_file&) = delete;

  int descriptor() const { return descriptor_; }

  std::string text() const {
    std::string all(static_cast<std::size_t>(::lseek(descriptor_, 0, SEEK_END)), '\0');
    if (::pread(descriptor_, all.data(), all.size(), 0) != static_cast<ssize_t>(all.size()))
      throw std::runtime_error("a file in memory cannot be read");
    return all;
  }

private:
  int descriptor_;
};

/// Runs `command`, with `input` as its standard input, until it ends.
inline finished run_program(std::vector<std::string> command, const std::string& input = {}) {
  const nameless_file in{input};
  const nameless_file out;
  const nameless_file problems;
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, in.descriptor(), 0);
  ::posix_spawn_file_actions_adddup2(&actions, out.descriptor(), 1);
  ::posix_spawn_file_actions_adddup2(&actions, problems.descriptor(), 2);
  std::vector<char*> arguments;
  for (auto& word : command)
    arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t pid = 0;
  const int failed =
    ::posix_spawn(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed != 0)
    throw std::runtime_error("cannot start " + command[0]);
  int status = 0;
  const bool has_ended = eventually([&] { return ::waitpid(pid, &status, WNOHANG) == pid; });
  if (!has_ended) {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
  }
  return {has_ended && WIFEXITED(status) ? WEXITSTATUS(status) : -1, out.text(), problems.text()};
}

} // namespace aiex::test
