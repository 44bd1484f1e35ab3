#include "aiex/actors/cluster/sessions.hpp"
#include "aiex/actors/flow/bus.hpp"
#include "aiex/actors/flow/models_writer.hpp"
#include "aiex/actors/flow/projection.hpp"
#include "aiex/supervision/tree/spawns.hpp"
#include "aiex/supervision/tree/supervisor.hpp"

#include "support/flow_world.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace aiex {
namespace {

using namespace std::chrono_literals;

const create_session ann{"ann", "/home/ann", "cli", "node2", R"({"editor":"vi"})"};

/// A node with nothing but its sessions.
class session_world : public test::flow_world {
public:
  memory_tables model_tables;
  registry names;
  std::uint64_t made = 5'000;
  node_services services{"node1", test::id_of(1), test::id_of(2), events,
    std::make_shared<read_models>(model_tables.storage()),
    std::make_shared<snapshots>(model_tables.storage()), names, [] { return test::at_us(9'000); },
    [this] { return test::id_of(++made); }};

  session_world() {
    names.bind(
      "models", keep(system.spawn(models_writer, services.models, services.aggregate_snapshots,
                  models_writer_limits{}, on_models_failure{})));
    names.bind("bus", keep(system.spawn(bus, events, std::make_shared<bus_memory>(position{}))));
    start();
  }

  void start() {
    const auto outcome =
      start_supervisor(system, {.children = {sessions().make(services, {})}}, {});
    settle();
    REQUIRE(std::holds_alternative<started>(outcome));
    top = keep(std::get<started>(outcome).actor);
  }

  template <class Answer, class Call>
  auto outcome_of(Call call) {
    return ask<Answer>(*names.find("sessions"), std::move(call)).outcome;
  }
  result<session_view> create(std::uint64_t id, const create_session& wish = ann) {
    return outcome_of<session_answer>(create_session_call{test::id_of(id), wish});
  }
  result<session_view> show(std::uint64_t id) {
    return outcome_of<session_answer>(show_session_call{test::id_of(id)});
  }
  template <class Wish>
  result<session_view> change(std::uint64_t id, Wish wish, std::optional<uuid> command = {}) {
    return outcome_of<session_answer>(change_session_call{test::id_of(id), wish, command});
  }
  std::vector<std::string> list(session_filter wanted = {}) {
    std::vector<std::string> ids;
    const auto page = outcome_of<list_sessions_answer>(list_sessions_call{std::move(wanted)});
    REQUIRE(page);
    for (const session_row& each : page->rows)
      ids.push_back(each.id);
    return ids;
  }
  session_statistics statistics() {
    return *outcome_of<session_statistics_answer>(session_statistics_call{});
  }
  std::vector<child_info> living() {
    return ask<std::vector<child_info>>(
      *names.find("aggregates/$session/live"), which_children_call{});
  }
  /// Nobody calls for long enough that what is over has ended.
  void rest() {
    advance(1s);
    advance(1s);
  }
  static std::string text(std::uint64_t id) { return to_string(test::id_of(id)); }
  event_page stream(const std::string& name) { return *log->read(query{.stream = name}); }

  caf::actor top;
};

TEST_CASE_FIXTURE(session_world, "sessions: one is created, and everybody sees it") {
  const auto created = create(1);
  REQUIRE(created);
  CHECK(created->row == session_row{text(1), "ann", "/home/ann", "cli", "node2",
                          session_status::active, "node1", 1, 1, 1'000});
  CHECK(created->metadata == R"({"editor":"vi"})");
  CHECK_FALSE(created->repeated);
  CHECK(show(1)->row == created->row);
  CHECK(list() == std::vector{text(1)});
  CHECK(statistics().counts == session_counts{1, 1, 0, 0, 0});
  CHECK(statistics().living == 1);
  CHECK(stream("$session-" + text(1)).events[0].type == "session_created");
  CHECK(stream("$owner-$session-" + text(1)).events.size() == 1);
  CHECK(log->read(query{})->events.empty()); // nothing of it shows unless it is asked for
}

TEST_CASE_FIXTURE(session_world, "sessions: each gets an id if none is given") {
  const auto created = outcome_of<session_answer>(create_session_call{std::nullopt, ann});
  REQUIRE(created);
  CHECK(created->row.id == text(5'001));
  CHECK(show(5'001)->row == created->row);
}

TEST_CASE_FIXTURE(session_world, "sessions: the same id is the same session, or an error") {
  const auto first = create(1);
  CHECK(change(1, record_in_session{"note", "1"}));
  const auto again = create(1);
  REQUIRE(again);
  CHECK(again->repeated);
  CHECK(again->row == first->row); // as it was then
  auto other = ann;
  other.project_path = "/home/bob";
  CHECK(create(1, other).error().code == errc::duplicate_id);
  CHECK(change(1, close_session{}));
  CHECK(create(1)->row == first->row);
  CHECK(statistics().counts.created == 1);
}

TEST_CASE_FIXTURE(session_world, "sessions: what is closed or archived is readable and no more") {
  REQUIRE(create(1));
  REQUIRE(create(2));
  REQUIRE(create(3));
  const auto closed = change(1, close_session{}, test::id_of(70));
  REQUIRE(closed);
  CHECK(closed->row.status == session_status::closed);
  CHECK(closed->row.version == 2);
  CHECK(change(1, close_session{}, test::id_of(70))->repeated);
  const auto again = change(1, close_session{});
  REQUIRE_FALSE(again);
  CHECK(again.error().code == errc::session_closed);
  CHECK(change(1, record_in_session{"note", "1"}).error().code == errc::session_closed);
  CHECK(change(1, archive_session{})->row.status == session_status::archived);
  CHECK(change(2, archive_session{})->row.status == session_status::archived);
  CHECK(change(2, archive_session{}).error().code == errc::session_closed);
  CHECK(show(1)->row.status == session_status::archived);
  CHECK(show(1)->metadata == R"({"editor":"vi"})");
  CHECK(list({.status = session_status::archived}) == std::vector{text(1), text(2)});
  CHECK(list({.status = session_status::active}) == std::vector{text(3)});
  CHECK(statistics().counts == session_counts{3, 1, 0, 2, 0});
}

TEST_CASE_FIXTURE(session_world, "sessions: what is not there is not found") {
  for (const auto& outcome : {show(9), change(9, close_session{}), change(9, archive_session{}),
         change(9, record_in_session{"note", "1"})}) {
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code == errc::session_not_found);
  }
  CHECK(list().empty());
  rest();
  CHECK(living().empty()); // who looked for it has gone again
}

TEST_CASE_FIXTURE(session_world, "sessions: what is malformed writes nothing") {
  CHECK(create(1, {"", "/p"}).error().code == errc::missing_required_fields);
  CHECK(create(1, {"u", "/p", "", "", "[]"}).error().code == errc::invalid_metadata);
  CHECK(create(1, {"\xff", "/p"}).error().code == errc::invalid_data);
  REQUIRE(create(1));
  CHECK(change(1, record_in_session{"note", "{"}).error().code == errc::invalid_data);
  CHECK(stream("$session-" + text(1)).events.size() == 1);
}

TEST_CASE_FIXTURE(session_world, "sessions: one that crashes is back with its state, unasked") {
  REQUIRE(create(1));
  REQUIRE(change(1, record_in_session{"note", R"({"n":1})"}));
  const auto before = show(1);
  kill(living().front().actor);
  REQUIRE(living().size() == 1);
  CHECK(living().front().restarts == 1);
  CHECK(show(1)->row == before->row);
  CHECK(change(1, record_in_session{"note", "2"})->row.version == 3);
  const event_page events_of_it = stream("$session-" + text(1));
  CHECK(events_of_it.events[2].owner == "$session-" + text(1));
  CHECK(events_of_it.events[2].epoch == 1);
  advance(24h);
  CHECK(living().size() == 1); // an active one is never put aside because nobody calls
}

TEST_CASE_FIXTURE(session_world, "sessions: closing ends the actor, normally") {
  REQUIRE(create(1));
  REQUIRE(create(2));
  CHECK(statistics().living == 2);
  REQUIRE(change(1, close_session{}));
  rest();
  REQUIRE(living().size() == 1);
  CHECK(living().front().id == text(2));
  CHECK(show(1)->row.status == session_status::closed);
  rest();
  CHECK(living().size() == 1);
}

TEST_CASE_FIXTURE(session_world, "sessions: after a restart the first call starts one") {
  REQUIRE(create(1));
  REQUIRE(create(2));
  caf::anon_send_exit(top, caf::exit_reason::user_shutdown);
  settle();
  CHECK_FALSE(names.find("sessions"));
  start();
  CHECK(living().empty());
  CHECK(list() == std::vector{text(1), text(2)});
  CHECK(change(2, record_in_session{"note", "1"})->row.version == 2);
  CHECK(living().size() == 1);
}

TEST_CASE_FIXTURE(session_world, "sessions: who has lost one to another node cannot write") {
  REQUIRE(create(1));
  append_request claim;
  claim.node = "node2";
  claim.system = true;
  claim.parts.push_back({"$owner-$session-" + text(1), expected_version::exactly(1),
    {{.id = test::id_of(70), .type = "owner_claimed", .data = R"({"node":"node2"})"}}});
  REQUIRE(append({claim}).front().outcome);
  for (int round = 0; round < 2; ++round) {
    const auto refused = change(1, close_session{});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::stale_epoch);
    CHECK(refused.error().actual == 2);
  }
  CHECK(show(1)->row.status == session_status::active);
}

TEST_CASE_FIXTURE(session_world, "sessions: a list waits for what was acknowledged, or says so") {
  REQUIRE(create(1));
  const auto projection = *names.find("projection/$sessions");
  REQUIRE(
    ask<projection_control_answer>(projection, projection_control_call{projection_control::pause})
      .outcome);
  REQUIRE(create(2)); // commands do not need the list
  std::optional<errc> refused;
  system.spawn([&, service = *names.find("sessions")](caf::event_based_actor* self) {
    self->request(service, 60min, list_sessions_call{}).then([&](const list_sessions_answer& late) {
      refused = late.outcome.error().code;
    });
  });
  settle();
  CHECK_FALSE(refused);
  advance(projection_wait_max);
  CHECK(refused == errc::time_out);
  REQUIRE(
    ask<projection_control_answer>(projection, projection_control_call{projection_control::resume})
      .outcome);
  CHECK(list() == std::vector{text(1), text(2)});
}

TEST_CASE_FIXTURE(session_world, "sessions: only so many calls are under way, all are answered") {
  std::map<std::string, std::size_t> answers;
  system.spawn([&, service = *names.find("sessions")](caf::event_based_actor* self) {
    for (std::size_t i = 0; i <= session_calls_max; ++i)
      self->request(service, 60min, create_session_call{test::id_of(10'000 + i), ann})
        .then([&](const session_answer& got) {
          ++answers[std::string{got.outcome ? "ok" : name(got.outcome.error().code)}];
        });
  });
  settle();
  CHECK(
    answers == std::map<std::string, std::size_t>{{"ok", session_calls_max}, {"overloaded", 1}});
  CHECK(create(1)); // there is room again
}

TEST_CASE_FIXTURE(session_world, "sessions: a service that crashes leaves nobody waiting") {
  std::optional<caf::error> heard;
  const auto service = *names.find("sessions");
  system.spawn([&](caf::event_based_actor* self) {
    self->request(service, 60min, create_session_call{test::id_of(1), ann})
      .then([](const session_answer&) {}, [&](const caf::error& why) { heard = why; });
  });
  for (int i = 0; i < 3; ++i) // the call is with the service
    step();
  kill(service);
  settle();
  REQUIRE(heard);
  CHECK(*heard == caf::sec::request_receiver_down);
  CHECK(create(1)); // whether it was done or not
}

/// Takes a command in and never answers.
caf::behavior silent_router(caf::stateful_actor<std::vector<caf::response_promise>>* self) {
  return {[self](const dispatch_call&) -> caf::result<dispatch_answer> {
    self->state.push_back(self->make_response_promise());
    return caf::delegated<dispatch_answer>{};
  }};
}

TEST_CASE_FIXTURE(session_world, "sessions: who ends with a command in hand is not waited for") {
  const caf::actor router = keep(std::get<started>(spawn_eager(system, silent_router)).actor);
  names.bind("aggregates/$session", router);
  caf::scoped_actor caller{system};
  auto response = caller->request(
    *names.find("sessions"), std::chrono::minutes{60}, create_session_call{test::id_of(1), ann});
  settle();
  kill(router);
  std::optional<result<session_view>> outcome;
  response.receive([&](session_answer& answer) { outcome = std::move(answer.outcome); },
    [](const caf::error& why) { FAIL(to_string(why)); });
  REQUIRE(outcome);
  CHECK(outcome->error().code == errc::unknown_outcome);
  CHECK(outcome->error().message.find("killed") != std::string::npos);
}

} // namespace
} // namespace aiex
