#include "support/otp_peer.hpp"

#include "aiex/persistence/base/error.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>

namespace aiex::bench {

namespace {

std::string compile_command(const std::string& module) {
  return "command -v erl > /dev/null && erlc -o . '" AIEX_OTP_FOLDER "/" + module + ".erl'";
}

} // namespace

std::unique_ptr<otp_peer> otp_peer::start(const std::string& module) {
  if (std::system(compile_command(module).c_str()) != 0)
    return nullptr;
  std::array<int, 2> in{};
  std::array<int, 2> out{};
  invariant(pipe(in.data()) == 0 && pipe(out.data()) == 0, "no pipe can be had");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  for (const int each : {in[0], in[1], out[0], out[1]})
    posix_spawn_file_actions_addclose(&actions, each);
  std::string program = "erl";
  std::string no_shell = "-noshell";
  std::string run = "-s";
  std::string name = module;
  std::string function = "main";
  std::array<char*, 6> words{
    program.data(), no_shell.data(), run.data(), name.data(), function.data(), nullptr};
  pid_t child = 0;
  const bool has_begun = posix_spawnp(&child, "erl", &actions, nullptr, words.data(), environ) == 0;
  posix_spawn_file_actions_destroy(&actions);
  close(in[0]);
  close(out[1]);
  invariant(has_begun, "erl is here and does not start");
  return std::unique_ptr<otp_peer>{new otp_peer{child, fdopen(in[1], "w"), fdopen(out[0], "r")}};
}

otp_peer::~otp_peer() {
  std::fclose(to_); // it ends at the end of its input
  std::fclose(from_);
  waitpid(child_, nullptr, 0);
}

void otp_peer::tell(const std::string& line) {
  std::fputs((line + "\n").c_str(), to_);
  std::fflush(to_);
  std::array<char, 16> answer{};
  invariant(std::fgets(answer.data(), answer.size(), from_) != nullptr, "Erlang has ended");
}

} // namespace aiex::bench
