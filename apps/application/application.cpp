// Tested by tests/apps/application/application_test.cpp.
#include "aiex/application/application.hpp"

#include "aiex/exit_code.hpp"
#include "aiex/persistence/store/verify_child.hpp"
#include "aiex/surroundings.hpp"

#include "aiexd/command_line.hpp"
#include "aiexd/node.hpp"
#include "aiexd/node_certificates.hpp"
#include "application/application_config.hpp"
#include "application/attendance.hpp"

#include <unistd.h>

#include <atomic>
#include <iostream>
#include <memory>
#include <utility>

namespace aiex {

namespace {

int report(const std::string& program, const error& why, int status) {
  std::cerr << program << ": " << why.message << " [" << name(why.code) << "]" << std::endl;
  return status;
}

/// The layers below the flags, in their order.
result<std::vector<settings>> lower_layers(const std::string& config) {
  std::vector<std::string> variables;
  for (char** each = environ; *each != nullptr; ++each)
    variables.emplace_back(*each);
  auto of_variables = settings_of_variables(variables);
  if (!of_variables)
    return tl::unexpected(std::move(of_variables.error()));
  std::vector<settings> layers{std::move(*of_variables)};
  const std::vector<std::string> files =
    config.empty() ? std::vector<std::string>{"aiex.toml", "/etc/aiex/aiex.toml"}
                   : std::vector<std::string>{config};
  for (const std::string& file : files) {
    const auto text = tool::read_file(file);
    if (!text && text.error().code == errc::not_found && config.empty())
      continue;
    if (!text) // what it says may not be passed over: it may name another folder
      return fail(errc::invalid_argument, text.error().message);
    auto layer = settings_of_file(*text, file);
    if (!layer)
      return tl::unexpected(std::move(layer.error()));
    layers.push_back(std::move(*layer));
  }
  return layers;
}

/// Lines of a node to people.
std::function<void(const std::string&)> warning_of(const std::string& program) {
  return [program](const std::string& line) { std::cerr << program + ": " + line + "\n"; };
}

int serve(const std::string& program, const node_config& config, std::vector<node_part> parts,
  bool with_shell) {
  const attendance here; // before the node has threads
  result<std::unique_ptr<node>> running;
  const bool is_told_to_end = here.run([&](const std::atomic<bool>& is_told) {
    running = node::start(config, std::move(parts), end_process_of(program), warning_of(program),
      [&is_told] { return is_told.load(); });
  });
  if (!running && is_told_to_end && running.error().code == errc::stopped)
    return tool::exit_ok; // it waited for its cluster
  if (!running) {
    const auto code = running.error().code;
    return report(program, running.error(),
      code == errc::denied ? tool::exit_usage : tool::exit_code_of(code)); // denied: by a flag
  }
  std::cout << (*running)->ready_line() << std::endl;
  if (is_told_to_end)
    return stop(**running, program, tool::exit_ok);
  const int status = with_shell ? here.run_shell(**running, program) : here.wait();
  return stop(**running, program, status);
}

} // namespace

int application::run(int argc, char** argv, node_part tree) const {
  return run_all(argc, argv, {std::move(tree)}, {});
}

int application::run(int argc, char** argv, std::vector<application_spec> applications) const {
  return run_all(argc, argv, {}, applications);
}

int application::run(int argc, char** argv) const {
  return run_all(argc, argv, {}, {});
}

int application::run_all(int argc, char** argv, std::vector<node_part> parts,
  const std::vector<application_spec>& applications) const {
  if (const auto status = run_as_verify_child(argc, argv))
    return *status;
  auto line = parse_command_line({argv + 1, argv + argc}, name_);
  if (!line)
    return report(name_, line.error(), tool::exit_usage);
  if (!line->help.empty()) {
    std::cout << line->help;
    return tool::exit_ok;
  }
  auto layers = lower_layers(line->config);
  if (!layers)
    return report(name_, layers.error(), tool::exit_usage);
  layers->insert(layers->begin(), line->given);
  const auto config = config_of(*layers);
  if (!config)
    return report(name_, config.error(), tool::exit_usage);
  const auto given = settings_of_applications(applications, *layers);
  if (!given)
    return report(name_, given.error(), tool::exit_usage);
  if (!applications.empty()) {
    auto part = part_of_applications(applications, *given, end_process_of(name_));
    if (!part)
      return report(name_, part.error(), tool::exit_usage);
    parts.push_back(std::move(*part));
  }
  if (line->only_checks) {
    if (const auto certificates = certificates_of(*config); !certificates)
      return report(name_, certificates.error(), tool::exit_usage);
    std::cout << explain_config(*config, *layers) << explain_applications(applications, *given);
    return tool::exit_ok;
  }
  return serve(name_, *config, std::move(parts), line->with_shell);
}

} // namespace aiex
