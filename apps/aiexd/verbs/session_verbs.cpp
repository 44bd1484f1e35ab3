#include "aiexd/verbs/session_verbs.hpp"

#include "aiex/actors/cluster/session_messages.hpp"

#include "aiexd/verbs/ask.hpp"

#include <fmt/format.h>

namespace aiex {

const std::vector<std::string_view> session_create_keys{
  "user_id", "project_path", "interface", "node_preference", "metadata", "id"};
const std::vector<std::string_view> session_change_keys{"id", "command_id"};
const std::vector<std::string_view> session_list_keys{
  "user_id", "interface", "node", "status", "cursor"};

namespace {

std::string_view text_of(session_status status) {
  for (const auto& [known, name] : names(status))
    if (known == status)
      return name;
  return "unknown";
}

result<session_status> status_of_text(std::string_view text) {
  for (const auto& [known, name] : names(session_status{}))
    if (name == text && known != session_status::unknown)
      return known;
  return fail(errc::invalid_argument,
    fmt::format(
      "\"status\" must be active, closed or archived, but is \"{}\"", text.substr(0, 40)));
}

json_value to_json(const session_row& row) {
  json_value object{{"id", row.id}, {"user_id", row.user_id}, {"project_path", row.project_path},
    {"interface", row.interface}, {"status", text_of(row.status)}, {"node", row.node},
    {"epoch", row.epoch}, {"version", row.version},
    {"created_at", to_string(timestamp{std::chrono::microseconds{row.created_at_us}})}};
  if (!row.node_preference.empty())
    object["node_preference"] = row.node_preference;
  return object;
}

json_value to_json(const session_view& seen) {
  json_value object = to_json(seen.row);
  if (!seen.metadata.empty())
    object["metadata"] = json_value::parse(seen.metadata);
  if (seen.repeated)
    object["repeated"] = true;
  return object;
}

/// The sessions of this node; refuses the call if they are not there.
std::optional<caf::actor> service_of(verb_call& call) {
  auto found = call.services().names.find("sessions");
  if (!found)
    call.refuse({errc::overloaded, "the sessions are being started; ask again in a moment"});
  return found;
}

/// Asks for one session, or for a change of it, and answers with it.
template <class Call>
void ask_session(verb_call call, Call asked) {
  const auto service = service_of(call);
  if (!service)
    return;
  constexpr const char* whom = "the service of the sessions";
  const auto then = [](verb_call& done, const session_answer& answer) {
    if (answer.outcome)
      done.answer(to_json(*answer.outcome));
    else
      done.refuse(answer.outcome.error());
  };
  if constexpr (std::is_same_v<Call, show_session_call>)
    ask<session_answer>(std::move(call), *service, std::move(asked), whom, then);
  else
    ask_to<session_answer>(std::move(call), *service, std::move(asked), whom,
      "look what was done before you repeat it", then);
}

result<uuid> required_id(const verb_arguments& given) {
  auto id = given.id("id");
  if (!id)
    return tl::unexpected(std::move(id.error()));
  if (!*id)
    return fail(errc::missing_required_fields, "\"id\" is missing");
  return **id;
}

void change(verb_call call, decltype(change_session_call::wish) wish) {
  const auto id = required_id(call.given);
  if (!id)
    return call.refuse(id.error());
  const auto command = call.given.id("command_id");
  if (!command)
    return call.refuse(command.error());
  ask_session(std::move(call), change_session_call{*id, std::move(wish), *command});
}

result<create_session_call> create_call_of(const verb_arguments& given) {
  create_session_call asked;
  const std::pair<std::string_view, std::string*> texts[] = {
    {"user_id", &asked.wish.user_id},
    {"project_path", &asked.wish.project_path},
    {"interface", &asked.wish.interface},
    {"node_preference", &asked.wish.node_preference},
  };
  for (const auto& [key, into] : texts) {
    auto text = given.text(key);
    if (!text)
      return tl::unexpected(std::move(text.error()));
    *into = text->value_or("");
  }
  if (given.has("metadata"))
    asked.wish.metadata = given.written("metadata").value_or("");
  auto id = given.id("id");
  if (!id)
    return tl::unexpected(std::move(id.error()));
  asked.id = *id;
  return asked;
}

result<list_sessions_call> list_call_of(const verb_arguments& given) {
  list_sessions_call asked;
  const std::pair<std::string_view, std::optional<std::string>*> texts[] = {
    {"user_id", &asked.wanted.user_id},
    {"interface", &asked.wanted.interface},
    {"node", &asked.wanted.node},
  };
  for (const auto& [key, into] : texts) {
    auto text = given.text(key);
    if (!text)
      return tl::unexpected(std::move(text.error()));
    *into = std::move(*text);
  }
  const auto status = given.text("status");
  if (!status)
    return tl::unexpected(status.error());
  if (*status) {
    auto known = status_of_text(**status);
    if (!known)
      return tl::unexpected(std::move(known.error()));
    asked.wanted.status = *known;
  }
  auto cursor = given.text("cursor");
  if (!cursor)
    return tl::unexpected(std::move(cursor.error()));
  if (*cursor && !parse_uuid(**cursor))
    return fail(errc::invalid_history, "\"cursor\" is not one that a list has answered");
  asked.from = cursor->value_or("");
  return asked;
}

} // namespace

void run_session_create(verb_call call) {
  auto asked = create_call_of(call.given);
  if (!asked)
    return call.refuse(asked.error());
  ask_session(std::move(call), std::move(*asked));
}

void run_session_show(verb_call call) {
  const auto id = required_id(call.given);
  if (!id)
    return call.refuse(id.error());
  ask_session(std::move(call), show_session_call{*id});
}

void run_session_close(verb_call call) {
  change(std::move(call), close_session{});
}

void run_session_archive(verb_call call) {
  change(std::move(call), archive_session{});
}

void run_session_list(verb_call call) {
  auto asked = list_call_of(call.given);
  if (!asked)
    return call.refuse(asked.error());
  if (const auto service = service_of(call))
    ask<list_sessions_answer>(std::move(call), *service, std::move(*asked), "the list of sessions",
      [](verb_call& listed, const list_sessions_answer& answer) {
        if (!answer.outcome)
          return listed.refuse(answer.outcome.error());
        std::string lines;
        for (const session_row& row : answer.outcome->rows)
          lines += to_text(to_json(row)) + "\n";
        listed.answer(lines_reply(std::move(lines), answer.outcome->next));
      });
}

void run_session_stats(verb_call call) {
  if (const auto service = service_of(call))
    ask<session_statistics_answer>(std::move(call), *service, session_statistics_call{},
      "the list of sessions", [](verb_call& asked, const session_statistics_answer& answer) {
        if (!answer.outcome)
          return asked.refuse(answer.outcome.error());
        const session_counts& counts = answer.outcome->counts;
        asked.answer(json_value{{"created", counts.created}, {"active", counts.active},
          {"closed", counts.closed}, {"archived", counts.archived}, {"recorded", counts.recorded},
          {"living", answer.outcome->living}});
      });
}

} // namespace aiex
