// A request from its first question to its last page.
#pragma once

#include "aiex/actors/runtime/gateway_protocol.hpp"
#include "aiex/command_line.hpp"

#include <functional>
#include <string_view>

namespace aiex::tool {

/// Where answers come from and where they go. A node, or a test.
struct run_context {
  std::function<result<gateway_reply>(const request&, std::chrono::milliseconds deadline)> ask;
  std::function<result<bool>(const std::string& text)> write; ///< Data. False: nobody reads on.
  std::function<void(const std::string& bar)> report;         ///< Progress. "" ends it.
  std::function<void(std::string_view words)> note;           ///< For people, beside data.
  bool has_colour = false;
};

/// Long verbs answer progress until they are done, lists come in pages, `tail` never ends: all are
/// followed through the reply's `next`. Ends early, and well, when nobody reads on. Errors: those
/// of `ask` and of `write`.
result<void> run_request(const invocation& wish, const request& first, const run_context& context);

} // namespace aiex::tool
