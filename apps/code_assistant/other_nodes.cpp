// Tested by tests/apps/code_assistant/main_test.cpp
#include "code_assistant/other_nodes.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <thread>

namespace aiex::code_assistant {

namespace {

using namespace std::chrono_literals;

constexpr auto cluster_patience = 60s;
constexpr auto look = 50ms;
constexpr int stop_patience_ms = 15'000;

result<std::string> own_program() {
  std::array<char, 4096> path{};
  const ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size());
  if (size <= 0)
    return fail(errc::io, "cannot find out which file this program is");
  return std::string(path.data(), static_cast<std::size_t>(size));
}

result<void> await(const std::function<bool()>& holds, const std::function<bool()>& is_told_to_end,
  const std::string& what) {
  const auto until = std::chrono::steady_clock::now() + cluster_patience;
  while (!holds()) {
    if (is_told_to_end())
      return fail(errc::stopped, "told to stop while it waited until " + what);
    if (std::chrono::steady_clock::now() > until)
      return fail(errc::time_out,
        fmt::format("{} s have passed, and it is not so that {}", cluster_patience.count(), what));
    std::this_thread::sleep_for(look);
  }
  return {};
}

} // namespace

result<other_nodes> other_nodes::start(
  std::size_t count, const std::string& data, const std::string& seed) {
  const auto program = own_program();
  if (!program)
    return tl::unexpected(program.error());
  other_nodes made;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name = fmt::format("n{}", i + 2);
    auto started =
      port_process::start({*program, "--name", name, "--data", data + "-" + name, "--join", seed});
    if (!started)
      return fail(errc::io, started.error());
    made.processes_.push_back(std::move(*started));
  }
  return made;
}

other_nodes::~other_nodes() {
  for (const port_process& each : processes_)
    ::kill(each.id(), SIGTERM);
  for (const port_process& each : processes_) {
    pollfd ended{each.ended().number(), POLLIN, 0};
    ::poll(&ended, 1, stop_patience_ms);
  }
}

result<void> await_cluster(
  const node& first, std::size_t count, const std::function<bool()>& is_told_to_end) {
  const auto& cluster = *first.services().cluster;
  return await(
    [&] {
      const cluster_view now = cluster.view();
      return now.members.voters() == count && now.linked.size() + 1 == count &&
             !now.leader.is_nil();
    },
    is_told_to_end, fmt::format("{} nodes have come together", count));
}

result<std::string> await_same(const node& first, const std::function<bool()>& is_told_to_end) {
  const auto& cluster = *first.services().cluster;
  const auto head = first.services().events.events().head();
  if (!head)
    return tl::unexpected(head.error());
  const auto have_it = [&] {
    const auto applied = cluster.applied();
    return applied.size() + 1 == cluster.view().members.members.size() &&
           std::ranges::all_of(
             applied, [&](const auto& each) { return each.second >= head->index; });
  };
  if (auto same = await(have_it, is_told_to_end, "all nodes have what the first one has"); !same)
    return tl::unexpected(std::move(same.error()));
  const cluster_view now = cluster.view();
  std::string lines = fmt::format("\ncluster: {} nodes, each with all {} events\n",
    now.members.members.size(), head->position.value);
  auto members = now.members.members;
  std::ranges::sort(members, {}, &consensus::member::name);
  for (const consensus::member& each : members)
    lines +=
      fmt::format("  {}  {}{}\n", each.name, each.address, each.id == now.leader ? "  leads" : "");
  return lines;
}

} // namespace aiex::code_assistant
