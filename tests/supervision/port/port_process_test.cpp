#include "aiex/supervision/port/port_process.hpp"

#include "support/child_process.hpp"

#include <doctest/doctest.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <csignal>

namespace aiex {
namespace {

/// What the program writes until it closes its output.
std::string output_of(const port_process& process) {
  std::string all;
  char bytes[256];
  for (;;) {
    pollfd readable{process.output().number(), POLLIN, 0};
    REQUIRE(::poll(&readable, 1, static_cast<int>(test::patience.count())) == 1);
    const ssize_t count = ::read(process.output().number(), bytes, sizeof bytes);
    if (count <= 0)
      return all;
    all.append(bytes, static_cast<std::size_t>(count));
  }
}

void wait_for_end(const port_process& process) {
  pollfd ended{process.ended().number(), POLLIN, 0};
  REQUIRE(::poll(&ended, 1, static_cast<int>(test::patience.count())) == 1);
}

TEST_CASE("port_process: a program in a group of its own, with its status and its output") {
  auto process = port_process::start({"sh", "-c", "cut -d' ' -f5 /proc/$$/stat; exit 3"});
  REQUIRE(process);
  CHECK(std::stoi(output_of(*process)) == process->id());
  wait_for_end(*process);
  CHECK(WEXITSTATUS(process->end()) == 3);
  CHECK(process->end() == 0);
}

TEST_CASE("port_process: nothing of ours is open in it, and no signal is blocked or ignored") {
  const auto held = ::dup(STDOUT_FILENO); // not closed by exec
  // The shell itself blocks signals for moments while it waits for somebody.
  auto process = port_process::start(
    {"sh", "-c", "ls /proc/$$/fd; exec grep -E 'SigBlk|SigIgn' /proc/self/status"});
  ::close(held);
  REQUIRE(process);
  const std::string said = output_of(*process);
  CHECK(said.find("\n" + std::to_string(held) + "\n") == std::string::npos);
  CHECK(said.find("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000") != std::string::npos);
}

TEST_CASE("port_process: what cannot be started says so") {
  CHECK(port_process::start({}).error().find("no program") != std::string::npos);
  CHECK(port_process::start({"/absent/program"}).error() ==
        "/absent/program cannot be started: No such file or directory");
  CHECK(port_process::start({"/etc/passwd"}).error() ==
        "/etc/passwd cannot be started: Permission denied");
}

TEST_CASE("port_process: a program has the limits that it is given, and else ours") {
  const auto limits_of = [](const port_rlimits& given) {
    auto process =
      port_process::start({"sh", "-c", "echo $(ulimit -v) $(ulimit -t) $(ulimit -n)"}, given);
    REQUIRE(process);
    return output_of(*process);
  };
  CHECK(limits_of({}) != limits_of({std::uint64_t{64} << 20U, std::chrono::seconds{7}, 33}));
  CHECK(limits_of({std::uint64_t{64} << 20U, std::chrono::seconds{7}, 33}) == "65536 7 33\n");
}

TEST_CASE("port_process: limits that cannot be are refused before anything starts") {
  using std::chrono::seconds;
  struct example {
    port_rlimits given;
    const char* said;
  };
  const example table[] = {
    {{.address_space_bytes = port_address_space_min - 1}, "address_space_bytes"},
    {{.cpu_time = seconds{0}}, "cpu_time in seconds cannot be limited to 0: give it 1 to"},
    {{.cpu_time = seconds{-1}}, "cpu_time"},
    {{.cpu_time = port_cpu_time_max + seconds{1}}, "cpu_time"},
    {{.open_files = port_open_files_min - 1}, "open_files cannot be limited to 15: give it 16 to"},
    {{.open_files = std::uint64_t{1} << 40U}, "the most that this process may give"},
  };
  for (const example& row : table) {
    CAPTURE(row.said);
    const auto refused = port_process::start({"cat"}, row.given);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().find(row.said) != std::string::npos);
  }
  CHECK(check(port_rlimits{port_address_space_min, port_cpu_time_min, port_open_files_min}));
}

TEST_CASE("port_process: in the end all of its group is killed") {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  pid_t grandchild = 0;
  {
    auto process = port_process::start({"sh", "-c", "sleep 1000 >&- & echo $!; exec >&-; wait"});
    REQUIRE(process);
    grandchild = std::stoi(output_of(*process));
  }
  int status = 0;
  CHECK(test::eventually([&] { return ::waitpid(grandchild, &status, WNOHANG) == grandchild; }));
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGKILL);
  ::prctl(PR_SET_CHILD_SUBREAPER, 0);
}

TEST_CASE("port_process: kill -9 of a process with a port leaves no orphan") {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  pid_t orphan = 0;
  {
    test::child_process node{{AIEX_PORT_NODE}};
    orphan = std::stoi(node.read_line());
    REQUIRE(::kill(orphan, 0) == 0);
    node.send_signal(SIGKILL);
    REQUIRE(node.wait());
  }
  int status = 0;
  CHECK(test::eventually([&] { return ::waitpid(orphan, &status, WNOHANG) == orphan; }));
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGKILL);
  ::prctl(PR_SET_CHILD_SUBREAPER, 0);
}

} // namespace
} // namespace aiex
