#pragma once

#include "aiex/run_request.hpp"

namespace aiex::tool {

/// Waits until the node has applied `at_least`, but no longer than `timeout`: what is read behind
/// it has seen that event. Errors: time_out; those of `ask`.
result<void> await_position(
  std::uint64_t at_least, std::chrono::milliseconds timeout, const run_context& context);

} // namespace aiex::tool
