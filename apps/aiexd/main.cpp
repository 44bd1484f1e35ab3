// aiexd: one node. Reads flags, variables and files, starts the node, says that it is ready, and
// waits for SIGTERM or SIGINT.
//
// Exit status: 0 stopped in order, 1 the node could not start or go on, 2 wrong usage.
#include "aiex/persistence/store/verify_child.hpp"

#include "aiexd/command_line.hpp"
#include "aiexd/node.hpp"

#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>

namespace {

constexpr int exit_failure = 1;
constexpr int exit_usage = 2;

int report(const aiex::error& why, int status) {
  std::cerr << "aiexd: " << why.message << " [" << name(why.code) << "]" << std::endl;
  return status;
}

/// The layers below the flags, in their order.
aiex::result<std::vector<aiex::settings>> lower_layers(const std::string& config) {
  std::vector<std::string> variables;
  for (char** each = environ; *each != nullptr; ++each)
    variables.emplace_back(*each);
  auto of_variables = aiex::settings_of_variables(variables);
  if (!of_variables)
    return tl::unexpected(std::move(of_variables.error()));
  std::vector<aiex::settings> layers{std::move(*of_variables)};
  const std::vector<std::string> files =
    config.empty() ? std::vector<std::string>{"aiex.toml", "/etc/aiex/aiex.toml"}
                   : std::vector<std::string>{config};
  for (const std::string& file : files) {
    std::ifstream input{file};
    if (!input && !config.empty())
      return aiex::fail(aiex::errc::invalid_argument, "cannot read " + file);
    const std::string text{std::istreambuf_iterator<char>{input}, {}};
    auto layer = aiex::settings_of_file(text, file);
    if (!layer)
      return tl::unexpected(std::move(layer.error()));
    layers.push_back(std::move(*layer));
  }
  return layers;
}

/// A node that cannot go on ends at once: its log is whole, and the next start looks at it.
void end_process(const std::string& why) {
  std::cerr << "aiexd: " << why << std::endl;
  std::_Exit(exit_failure);
}

int serve(const aiex::node_config& config) {
  sigset_t signals; // blocked in every thread, so that this one can wait for them
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGTERM);
  ::sigaddset(&signals, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  auto node = aiex::node::start(config, {}, end_process);
  if (!node) {
    const auto code = node.error().code;
    return report(node.error(), code == aiex::errc::invalid_argument || code == aiex::errc::denied
                                  ? exit_usage
                                  : exit_failure);
  }
  std::cout << (*node)->ready_line() << std::endl;
  int received = 0;
  ::sigwait(&signals, &received);
  if (auto stopped = (*node)->stop(); !stopped)
    return report(stopped.error(), exit_failure);
  return 0;
}

} // namespace

int main(int count, char** arguments) {
  if (const auto status = aiex::run_as_verify_child(count, arguments))
    return *status;
  auto line = aiex::parse_command_line({arguments + 1, arguments + count});
  if (!line)
    return report(line.error(), exit_usage);
  if (!line->help.empty()) {
    std::cout << line->help;
    return 0;
  }
  auto layers = lower_layers(line->config);
  if (!layers)
    return report(layers.error(), exit_usage);
  layers->insert(layers->begin(), line->given);
  const auto config = aiex::config_of(*layers);
  if (!config)
    return report(config.error(), exit_usage);
  return line->only_checks ? 0 : serve(*config);
}
