#include "aiex/actors/flow/aggregate_append.hpp"

#include "aiex/actors/flow/command_identity.hpp"

namespace aiex {

namespace {

event event_of(const dispatch_call& call, const uuid& id, const encoded& stored) {
  event made;
  made.id = id;
  made.type = stored.type;
  made.schema = stored.schema;
  made.data = stored.data;
  made.correlation_id = call.correlation_id;
  made.causation_id = call.causation_id.empty() ? to_string(*call.command_id) : call.causation_id;
  return made;
}

} // namespace

result<append_request> append_for(sha256& hash, const append_identity& who,
  const dispatch_call& call, std::uint64_t version, const std::vector<encoded>& events) {
  invariant(call.command_id.has_value(), "a command has an id before it is decided");
  append_request request;
  request.node = who.node;
  request.system = is_system_name(who.stream); // its category is one of the program's own
  request.command =
    reference_of(hash, *call.command_id, {who.category, call.id, call.command, call.data});
  append_part& own = request.parts.emplace_back();
  own.stream = who.stream;
  own.expected = expected_version::exactly(version);
  for (const encoded& each : events)
    own.events.push_back(
      event_of(call, event_id_of(hash, *call.command_id, who.stream, own.events.size()), each));
  if (!who.is_owned || events.empty())
    return request;
  if (who.epoch > 0) {
    request.owner = owner_epoch{std::string{who.stream}, who.epoch};
    return request;
  }
  auto claim = encode(owner_claimed{std::string{who.node}});
  if (!claim)
    return tl::unexpected(std::move(claim.error()));
  append_part claiming;
  claiming.stream = owner_stream(who.stream);
  claiming.expected = expected_version::none();
  claiming.events.push_back(
    event_of(call, event_id_of(hash, *call.command_id, claiming.stream, 0), *claim));
  request.parts.push_back(std::move(claiming));
  request.system = true;
  return request;
}

} // namespace aiex
