// One command line from its words to its exit code.
#pragma once

#include "aiex/actors/cluster/gateway_client.hpp"
#include "aiex/surroundings.hpp"

#include <string>
#include <vector>

namespace aiex::tool {

/// Answers the exit code. `connected`: use this client, of the shell.
int run_command_line(const std::vector<std::string>& words, const surroundings& where,
  gateway_client* connected = nullptr);

} // namespace aiex::tool
