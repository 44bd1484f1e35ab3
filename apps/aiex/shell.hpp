#pragma once

#include "aiex/surroundings.hpp"

#include <functional>
#include <string>
#include <vector>

namespace aiex::tool {

/// Does what one line says, with the shell's client. Answers the exit code.
using line_runner = std::function<int(const std::vector<std::string>& words, gateway_client& open)>;

/// The remote shell: the verbs without `aiex`, on one link to the node. Lines come from -c, from a
/// terminal (with history and completion), or from a script on standard input, which ends at its
/// first error. Answers the exit code: of the last line, on a terminal 0. Who runs the lines gives
/// them what `wish` says about all of them.
int run_shell(const invocation& wish, const surroundings& where, line_runner run_line);

} // namespace aiex::tool
