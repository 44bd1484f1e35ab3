#include "aiexd/verbs/projection_json.hpp"
#include "aiexd/verbs/projection_verbs.hpp"
#include "support/bank.hpp"
#include "support/gateway_world.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using namespace test::bank;

/// Cannot handle withdrawals.
struct fussy {
  static constexpr std::string_view name = "fussy", from = "account";
  using events = aiex::list<deposited, withdrawn>;
  using state = totals::state;

  static void on(state& now, const deposited& event) { now.cents += event.cents; }
  static void on(state&, const withdrawn&) { throw std::runtime_error{"no withdrawals"}; }
};

struct projections_world : test::gateway_world {
  projections_world()
      : gateway_world({projection<totals>(), projection<movements>(), projection<fussy>()}) {}

  void add(const char* stream, const char* type, int cents) {
    json data{{"cents", cents}};
    if (std::string{"deposited"} == type)
      data.update({{"note", ""}, {"cash", false}});
    object("append", {{"stream", stream}, {"type", type}, {"data", data}});
  }
  json named(const char* verb, const char* name) { return object(verb, {{"name", name}}); }
};

TEST_CASE_FIXTURE(projections_world, "projections: all of them, each with its state and lag") {
  add("account-1", "deposited", 5);
  *wall_clock = test::at_us(1'000 + 2'000'000);
  named("projection_pause", "totals");
  add("account-1", "deposited", 7);
  const auto all = lines("projections");
  REQUIRE(all.size() == 3);
  CHECK(all[0]["name"] == "fussy");
  CHECK(all[1]["name"] == "movements");
  CHECK(all[2] == json{{"name", "totals"}, {"status", "paused"}, {"position", 1}, {"lag_events", 1},
                    {"lag_is_more", false}, {"lag_seconds", 2.0}, {"state", {{"cents", 5}}},
                    {"errors", 0}});
  test::gateway_world empty;
  CHECK(empty.lines("projections").empty());
}

TEST_CASE_FIXTURE(projections_world, "projections: one that does not answer is called silent") {
  const caf::actor deaf = keep(system.spawn([](caf::event_based_actor* self) -> caf::behavior {
    self->set_default_handler(caf::skip);
    return {[](int) {}};
  }));
  services.names.bind("projection/deaf", deaf);
  std::optional<gateway_reply> answer;
  system.spawn([&](caf::event_based_actor* self) {
    self->request(*services.names.find("gateway"), 60s, gateway_request{"projections", "{}", 0})
      .then([&](gateway_reply& reply) { answer = std::move(reply); });
  });
  settle();
  CHECK_FALSE(answer);
  advance(projection_list_patience);
  REQUIRE(answer);
  CHECK(answer->body.starts_with(R"({"name":"deaf","status":"silent"})"));
}

TEST_CASE_FIXTURE(projections_world, "projection_show: rows by prefix, so many and not more") {
  for (const char* stream : {"account-1", "account-2", "account-21", "account-22"})
    add(stream, "deposited", 1);
  add("account-2", "deposited", 1);
  advance(1s);
  const json plain = named("projection_show", "movements");
  CHECK(plain["state"] == json{{"streams", 4}});
  CHECK_FALSE(plain.contains("rows"));
  CHECK(plain["generation"] == 1);
  CHECK(plain["head"] == 5);

  const json all = object("projection_show", {{"name", "movements"}, {"rows", true}});
  CHECK(all["rows"].size() == 4);
  CHECK(all["has_more_rows"] == false);
  const json some =
    object("projection_show", {{"name", "movements"}, {"prefix", "account-2"}, {"limit", 2}});
  CHECK(some["rows"] == json{{{"key", "account-2"}, {"value", {{"count", 2}}}},
                          {{"key", "account-21"}, {"value", {{"count", 1}}}}});
  CHECK(some["has_more_rows"] == true);
  CHECK(refusal("projection_show", {{"name", "movements"}, {"limit", rows_shown_max + 1}}).code ==
        errc::invalid_argument);
}

TEST_CASE("projection_show: rows that are too large in all, and values that are not JSON") {
  test::gateway_world world;
  projection_info info;
  info.name = "large";
  projection_save save{.name = "large", .record = {}, .rows = {}};
  for (const char* key : {"a", "b", "c", "d", "e"})
    save.rows.push_back({key, std::string(limits::row_value_bytes_max, 'x')});
  REQUIRE(world.services.models->save({&save, 1}));
  const auto text = rows_text(*world.services.models, info, {true, "", 10});
  REQUIRE(text);
  const json shown = json::parse("{\"x\":0" + *text + "}");
  CHECK(shown["rows"].size() == 4);
  CHECK(shown["rows"][0]["value"].is_string());
  CHECK(shown["has_more_rows"] == true);
}

TEST_CASE("projections: a state that is too large for the list is not in it") {
  projection_info info;
  info.name = "large";
  info.state_json = '"' + std::string(state_listed_bytes_max, 'x') + '"';
  CHECK(json::parse(to_line(info))["state"].is_null());
  CHECK(json::parse(to_object(info))["state"].is_string());
}

TEST_CASE_FIXTURE(projections_world, "projection_pause, _resume and _skip answer what then is") {
  add("account-1", "deposited", 5);
  add("account-1", "withdrawn", 1);
  json seen = named("projection_show", "fussy");
  CHECK(seen["status"] == "stopped");
  CHECK(seen["errors"] == 1);
  CHECK(seen["last_error"].get<std::string>().find("no withdrawals") != std::string::npos);
  CHECK(refusal("projection_pause", {{"name", "fussy"}}).code == errc::invalid_argument);
  seen = named("projection_skip", "fussy");
  CHECK(seen["status"] == "running");
  seen = named("projection_show", "fussy");
  CHECK(seen["skipped"] == 1);
  CHECK(seen["lag_events"] == 0);
  CHECK(named("projection_pause", "fussy")["status"] == "paused");
  CHECK(named("projection_resume", "fussy")["status"] == "running");
  const error running = refusal("projection_resume", {{"name", "fussy"}});
  CHECK(running.message == "projection fussy: the projection is running");
  const error unknown = refusal("projection_skip", {{"name", "absent"}});
  CHECK(unknown.code == errc::not_found);
  CHECK(unknown.message.find("fussy, movements, totals") != std::string::npos);
  CHECK(refusal("projection_skip").code == errc::missing_required_fields);
}

} // namespace
} // namespace aiex
