#include "code_assistant/session_client.hpp"

#include "aiex/actors/cluster/session_messages.hpp"
#include "aiex/actors/flow/aggregate_messages.hpp"

#include "code_assistant/session.hpp"

#include <chrono>
#include <utility>

namespace aiex::code_assistant {
namespace {

constexpr std::chrono::seconds patience{30};
constexpr int attempts_max = 3;
constexpr std::string_view interface_name = "code_assistant";

/// Whether the same command may be sent again: nothing came of it, or nobody knows.
bool may_repeat(errc code) {
  return code == errc::overloaded || code == errc::unknown_outcome || code == errc::time_out;
}

} // namespace

session_client::session_client(caf::actor_system& system, const node_services& services)
    : services_(services), self_(system), session_(services.make_id()), id_(to_string(session_)) {}

template <class Answer, class Message>
result<Answer> session_client::ask(const std::string& name, Message message) {
  const auto target = services_.names.find(name);
  if (!target)
    return fail(errc::stopped, name + " does not run; `aiex why` says why");
  result<Answer> outcome = fail(errc::unknown_outcome, name + " did not answer");
  // CAF's own request: it blocks, which `calls` cannot.
  self_->request(*target, patience, std::move(message))
    .receive([&](Answer& answer) { outcome = std::move(answer); },
      [&](const caf::error& why) {
        outcome = fail(errc::unknown_outcome, name + " did not answer: " + to_string(why));
      });
  return outcome;
}

/// Sends a message that carries its id until something is known to have come of it.
template <class Answer, class Message>
result<void> session_client::repeat(const std::string& name, const Message& message) {
  result<void> outcome;
  for (int attempt = 0; attempt < attempts_max; ++attempt) {
    const auto answer =
      ask<Answer>(name, message).and_then([](Answer given) { return std::move(given.outcome); });
    if (answer)
      return {};
    outcome = tl::unexpected(answer.error());
    if (!may_repeat(answer.error().code))
      break;
  }
  return outcome;
}

result<void> session_client::open(const std::string& user, const std::string& project) {
  return repeat<session_answer>("sessions",
    create_session_call{session_, {user, project, std::string{interface_name}, {}, {}}});
}

result<void> session_client::close(uuid id) {
  return repeat<session_answer>(
    "sessions", change_session_call{id, close_session{}, services_.make_id()});
}

result<void> session_client::end(uuid id) {
  auto wish = encode(end_session{});
  if (!wish)
    return tl::unexpected(std::move(wish.error()));
  const auto ended = dispatch(to_string(id), std::move(*wish));
  if (!ended && ended.error().code != errc::refused) // refused: it has ended, or never begun
    return ended;
  return close(id);
}

result<std::vector<uuid>> session_client::left_open(const std::string& project) {
  std::vector<uuid> found;
  list_sessions_call asked;
  asked.wanted.interface = interface_name;
  asked.wanted.status = session_status::active;
  do {
    const auto page =
      ask<list_sessions_answer>("sessions", asked).and_then([](list_sessions_answer given) {
        return given.outcome;
      });
    if (!page)
      return tl::unexpected(page.error());
    for (const session_row& row : page->rows)
      if (const auto id = parse_uuid(row.id); id && row.project_path == project)
        found.push_back(*id);
    asked.from = page->next;
  } while (!asked.from.empty());
  return found;
}

result<void> session_client::end_left_open(const std::string& project) {
  const auto found = left_open(project);
  if (!found)
    return tl::unexpected(found.error());
  result<void> outcome;
  for (const uuid id : *found)
    outcome = outcome.and_then([&] { return end(id); });
  return outcome;
}

result<void> session_client::dispatch(const std::string& id, encoded command) {
  return repeat<dispatch_answer>("aggregates/" + std::string{session::category},
    dispatch_call{id, command.type, command.data, services_.make_id(), id});
}

result<projection_info> session_client::caught_up(std::string_view projection) {
  const std::string name = "projection/" + std::string{projection};
  const auto head = services_.events.events().head();
  if (!head)
    return tl::unexpected(head.error());
  for (position before{};;) {
    const auto waited = ask<projection_wait_answer>(name, projection_wait_call{head->position})
                          .and_then([](projection_wait_answer given) { return given.outcome; });
    auto now = ask<projection_info>(name, projection_info_call{});
    if (waited || !now)
      return now;
    if (waited.error().code != errc::time_out || now->position == before)
      return fail(waited.error().code,
        std::string{projection} + " does not get on: " +
          (now->last_error.empty() ? waited.error().message : now->last_error));
    before = now->position;
  }
}

} // namespace aiex::code_assistant
