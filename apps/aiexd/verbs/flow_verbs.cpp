#include "aiexd/verbs/flow_verbs.hpp"

#include "aiex/actors/flow/aggregate_messages.hpp"

#include "aiexd/verbs/append_arguments.hpp"
#include "aiexd/verbs/ask.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace aiex {

const std::vector<std::string_view> dispatch_keys{"category", "id", "command", "data", "command_id",
  "expect", "correlation_id", "causation_id", "dry_run"};
const std::vector<std::string_view> state_keys{"category", "id", "at"};

namespace {

constexpr std::string_view routers = "aggregates/";

result<caf::actor> router_of(const verb_call& call, const std::string& category) {
  const registry& names = call.services().names;
  if (category.find('/') == std::string::npos)
    if (auto found = names.find(std::string{routers} + category))
      return std::move(*found);
  const auto known = categories_of(names);
  if (known.empty())
    return fail(errc::not_found, "this node has no aggregates");
  return fail(
    errc::not_found, fmt::format("this node has no aggregates of category \"{}\"; it has {}",
                       category, fmt::join(known, ", ")));
}

/// The version that a command is decided on. An aggregate's stream may exist or not: what cannot be
/// one version is not asked of it.
result<std::optional<std::uint64_t>> decided_on(const verb_arguments& given) {
  auto expected = expected_version_of(given);
  if (!expected)
    return tl::unexpected(std::move(expected.error()));
  switch (expected->what()) {
  case expected_version::kind::any: return std::nullopt;
  case expected_version::kind::exact: return expected->version();
  case expected_version::kind::exists: break;
  }
  return fail(errc::invalid_argument,
    R"("expect" of a command must be "any", "none" or a whole number: "exists" is no version)");
}

result<dispatch_call> dispatch_call_of(const verb_arguments& given) {
  dispatch_call asked;
  auto id = given.required_text("id");
  auto command = given.required_text("command");
  auto command_id = given.id("command_id");
  auto expected = decided_on(given);
  auto correlation = given.text("correlation_id");
  auto causation = given.text("causation_id");
  auto dry_run = given.flag("dry_run");
  const auto first_error = [](const auto&... each) {
    const error* first = nullptr;
    ((first = first == nullptr && !each ? &each.error() : first), ...);
    return first;
  };
  if (const error* wrong =
        first_error(id, command, command_id, expected, correlation, causation, dry_run))
    return tl::unexpected(*wrong);
  if (auto data = given.written("data"))
    asked.data = std::move(*data);
  asked.id = std::move(*id);
  asked.command = std::move(*command);
  asked.command_id = *command_id;
  asked.expected = *expected;
  asked.correlation_id = correlation->value_or("");
  asked.causation_id = causation->value_or("");
  asked.dry_run = *dry_run;
  return asked;
}

/// The data of events is JSON already and stands in the answer as it is.
std::string to_dispatch_json(const dispatched& outcome, bool is_dry_run) {
  std::string events;
  for (const encoded& each : outcome.events)
    events += fmt::format(
      R"({}{{"type":{},"data":{}}})", events.empty() ? "" : ",", json_text(each.type), each.data);
  std::string json = fmt::format(R"({{"version":{},"events":[{}])", outcome.version, events);
  if (outcome.last.value > 0)
    json += fmt::format(R"(,"position":{})", outcome.last.value);
  if (outcome.repeated)
    json += R"(,"repeated":true)";
  if (is_dry_run)
    json += R"(,"dry_run":true)";
  return json + "}";
}

/// An aggregate's refusal is its reason alone; what was refused stands before it.
error in_full(const error& why, const std::string& wish) {
  if (why.code != errc::refused)
    return why;
  return {why.code, fmt::format("{} refused at version {}: {}", wish, why.actual, why.message),
    why.actual};
}

} // namespace

std::vector<std::string> categories_of(const registry& names) {
  std::vector<std::string> found;
  for (const std::string& name : names.names(routers))
    if (name.find('/', routers.size()) == std::string::npos &&
        !is_system_name(std::string_view{name}.substr(routers.size())))
      found.push_back(name.substr(routers.size()));
  return found;
}

void run_dispatch(verb_call call) {
  auto category = call.given.required_text("category");
  if (!category)
    return call.refuse(category.error());
  if (is_system_name(*category))
    return call.refuse({errc::reserved_name,
      fmt::format("dispatch to {} refused: names that begin with $ belong to the system, which has "
                  "verbs of its own for them",
        *category)});
  auto asked = dispatch_call_of(call.given);
  if (!asked)
    return call.refuse(asked.error());
  const auto router = router_of(call, *category);
  if (!router)
    return call.refuse(router.error());
  const bool is_dry_run = asked->dry_run;
  const char* to_do =
    asked->command_id ? "repeat it with the same \"command_id\": it is then done once"
                      : "look at its state before you repeat it; with a \"command_id\" a repeat is "
                        "done once";
  const std::string wish = fmt::format("{} on {}-{}", asked->command, *category, asked->id);
  ask_to<dispatch_answer>(std::move(call), *router, std::move(*asked), "the aggregate", to_do,
    [is_dry_run, wish](verb_call& done, const dispatch_answer& answer) {
      if (answer.outcome)
        done.answer(reply_with(to_dispatch_json(*answer.outcome, is_dry_run)));
      else
        done.refuse(in_full(answer.outcome.error(), wish));
    });
}

void run_state(verb_call call) {
  auto category = call.given.required_text("category");
  if (!category)
    return call.refuse(category.error());
  auto id = call.given.required_text("id");
  if (!id)
    return call.refuse(id.error());
  auto at = call.given.number("at");
  if (!at)
    return call.refuse(at.error());
  const auto router = router_of(call, *category);
  if (!router)
    return call.refuse(router.error());
  ask<aggregate_state_answer>(std::move(call), *router,
    aggregate_state_call{.id = std::move(*id), .at = *at}, "the aggregate",
    [](verb_call& asked, const aggregate_state_answer& answer) {
      if (!answer.outcome)
        return asked.refuse(answer.outcome.error());
      asked.answer(reply_with(fmt::format(
        R"({{"version":{},"state":{}}})", answer.outcome->version, answer.outcome->state_json)));
    });
}

} // namespace aiex
