#include "aiexd/command_line.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace aiex {

namespace {

constexpr std::string_view examples = R"(Examples:
  {0}                  node1, ./aiex-data, clients at 127.0.0.1:4100
  {0} --name bank --data /srv/bank --listen 127.0.0.1:0 --http off
  {0} --name n2 --data n2 --listen 127.0.0.1:4101 --http off --join 127.0.0.1:4100
  {0} --name bank-1 --listen 10.0.0.1:4100 --cert bank-1.crt --key bank-1.key --ca ca.crt
  {0} --config bank.toml --check-config
  {0} --shell          with the shell in this terminal)";

} // namespace

result<command_line> parse_command_line(
  std::vector<std::string> arguments, const std::string& program) {
  command_line line;
  CLI::App app{"A node of aiex: a store, its actors, and a gateway for clients.", program};
  app.footer(fmt::format(fmt::runtime(examples), program));
  std::map<std::string, std::string> values;
  app.add_option("--name", values["name"], "Name of the node; its folder keeps it [node1]");
  app.add_option("--data", values["data"], "Folder of its store [./aiex-data]");
  app.add_option("--listen", values["listen"], "Where clients come in [127.0.0.1:4100]");
  app.add_option(
    "--advertise", values["advertise"], "Where other nodes reach it, if not where it listens");
  std::vector<std::string> seeds;
  app.add_option("--join", seeds, "ADDR:PORT of a node of the cluster to join; repeatable")
    ->expected(1)
    ->allow_extra_args(false)
    ->take_all();
  app.add_option("--http", values["http"], "/health and /metrics, or off [127.0.0.1:4180]");
  app.add_option("--cert", values["cert"], "Certificate of this node: \"aiex cert node\" makes it");
  app.add_option("--key", values["key"], "Its private key");
  app.add_option("--ca", values["ca"], "Certificate of the authority of all nodes and clients");
  app.add_option("--crl", values["crl"], "Its list of revoked certificates");
  app.add_option("--local-role", values["local_role"],
    "What clients without certificates may do: observer to admin, or none [admin]");
  std::vector<std::string> sets;
  app.add_option("--set", sets, "APPLICATION.KEY=VALUE, a setting of an application; repeatable")
    ->expected(1)
    ->allow_extra_args(false)
    ->take_all();
  app.add_option("--config", line.config, "File instead of ./aiex.toml and /etc/aiex/aiex.toml");
  app.add_flag(
    "--check-config", line.only_checks, "Say what counts and where it is said, then end");
  app.add_flag("--shell", line.with_shell, "Open the shell here; leaving it stops the node");
  std::reverse(arguments.begin(), arguments.end()); // as CLI11 takes them
  try {
    app.parse(std::vector<std::string>(arguments));
  } catch (const CLI::CallForHelp&) {
    line.help = app.help();
  } catch (const CLI::ParseError& problem) {
    return fail(
      errc::invalid_argument, std::string{problem.what()} + "; see " + program + " --help");
  }
  for (const std::string& each : seeds)
    values["join"] += (values["join"].empty() ? "" : ",") + each;
  for (const std::string_view key : setting_keys()) {
    std::string flag = "--" + std::string{key};
    std::replace(flag.begin(), flag.end(), '_', '-');
    if (app.count(flag) > 0)
      line.given[std::string{key}] = {values[std::string{key}], flag};
  }
  for (const std::string& each : sets) {
    auto given = setting_of_flag(each);
    if (!given)
      return tl::unexpected(std::move(given.error()));
    line.given.insert_or_assign(std::move(given->first), std::move(given->second));
  }
  return line;
}

} // namespace aiex
