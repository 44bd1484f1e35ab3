#include "aiex/actors/runtime/gateway_protocol.hpp"

namespace aiex {

gateway_reply reply_with(std::string json) {
  gateway_reply reply;
  reply.body = std::move(json);
  return reply;
}

gateway_reply reply_with(const error& refusal) {
  gateway_reply reply;
  reply.code = static_cast<std::uint8_t>(refusal.code);
  reply.message = refusal.message;
  reply.actual = refusal.actual;
  return reply;
}

result<gateway_reply> to_result(gateway_reply reply) {
  if (reply.code == 0)
    return reply;
  return fail(static_cast<errc>(reply.code), std::move(reply.message), reply.actual);
}

result<void> check_size(const gateway_request& request) {
  if (request.verb.empty() || request.verb.size() > verb_bytes_max)
    return fail(
      errc::invalid_argument, "a verb has 1 to " + std::to_string(verb_bytes_max) + " bytes");
  const std::size_t bytes = request.verb.size() + request.arguments.size();
  if (bytes > gateway_request_bytes_max)
    return fail(
      errc::data_too_large, "the request has " + std::to_string(bytes) + " bytes, the limit is " +
                              std::to_string(gateway_request_bytes_max) + "; send it in parts");
  return {};
}

gateway_reply within_limits(gateway_reply reply) {
  const std::size_t bytes = reply.message.size() + reply.body.size() + reply.next.size();
  if (bytes <= gateway_reply_bytes_max)
    return reply;
  return reply_with(error{
    errc::data_too_large, "the reply has " + std::to_string(bytes) + " bytes, the limit is " +
                            std::to_string(gateway_reply_bytes_max) + "; ask for less at a time"});
}

} // namespace aiex
