#include "aiex/await_position.hpp"

#include <nlohmann/json.hpp>

namespace aiex::tool {

namespace {

using nlohmann::json;
using clock = std::chrono::steady_clock;

std::uint64_t applied_in(const std::string& status) {
  const json object = json::parse(status, nullptr, false);
  const auto found = object.is_object() ? object.find("applied") : object.end();
  return found != object.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

} // namespace

result<void> await_position(
  std::uint64_t at_least, std::chrono::milliseconds timeout, const run_context& context) {
  const auto until = clock::now() + timeout;
  const auto status = context.ask({"status", "{}"}, timeout);
  if (!status)
    return tl::unexpected(status.error());
  const std::uint64_t applied = applied_in(status->body);
  if (applied >= at_least)
    return {};
  // The node waits for the event itself: nobody has to ask again and again.
  json wanted{{"from", at_least}, {"all", true}};
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - clock::now());
    if (left.count() <= 0)
      return fail(errc::time_out,
        "the node has applied position " + std::to_string(applied) + ", and " +
          std::to_string(at_least) + " did not come in " + std::to_string(timeout.count()) +
          " ms. Wait longer with --timeout; a position of another history never comes",
        applied);
    wanted["wait_ms"] = left.count();
    const auto reply = context.ask({"tail", wanted.dump()}, left);
    if (!reply && reply.error().code == errc::time_out)
      continue;
    if (!reply)
      return tl::unexpected(reply.error());
    if (!reply->body.empty())
      return {};
    wanted["cursor"] = reply->next;
  }
}

} // namespace aiex::tool
