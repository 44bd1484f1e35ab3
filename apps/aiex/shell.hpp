#pragma once

#include "aiex/program.hpp"

namespace aiex::tool {

/// The remote shell: the verbs without `aiex`, on one link to the node. Lines come from -c, from a
/// terminal (with history and completion), or from a script on standard input, which ends at its
/// first error. Answers the exit code: of the last line, on a terminal 0.
int run_shell(const invocation& wish, const surroundings& where);

} // namespace aiex::tool
