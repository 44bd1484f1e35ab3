#include "aiex/actors/flow/handler.hpp"

#include "aiexd/verbs/sys_verb.hpp"
#include "support/bank.hpp"
#include "support/fragile_part.hpp"
#include "support/gateway_world.hpp"

#include <caf/send.hpp>
#include <doctest/doctest.h>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

struct sys_verb_world : test::gateway_world {
  sys_verb_world()
      : gateway_world({supervisor("bank", strategy::one_for_one, {10, 60s},
          {aggregates<test::bank::account>(), projection<test::bank::totals>(),
            test::fragile_part("twin"),
            handler("mail", {.types = {"opened"}}, [](const recorded_event&) {}),
            {"mute",
              [](const node_services&, const supervision_context&) {
                return worker("mute", [](caf::event_based_actor& above) -> start_outcome {
                  return started{above.home_system().spawn(mute)};
                });
              }},
            {"idle", [](const node_services&, const supervision_context&) {
               return worker(
                 "idle", [](caf::event_based_actor&) -> start_outcome { return ignored{}; });
             }}})}) {}

  /// No process of ours: it hears nothing, also not what sys asks.
  static caf::behavior mute(caf::event_based_actor* self) {
    self->set_default_handler(caf::skip);
    return {[](const std::string&) {}};
  }

  json sys(const std::string& child, const std::string& what, const std::string& how = "") {
    json arguments{{"child", child}, {"what", what}};
    if (!how.empty())
      arguments["how"] = how;
    return object("sys", arguments);
  }
  /// The tree waits two seconds for a supervisor that is suspended.
  json sys_of_suspended(const std::string& child, const std::string& what) {
    caf::scoped_actor self{system};
    auto response = self->request(*services.names.find("gateway"), std::chrono::seconds{3'600},
      gateway_request{"sys", json{{"child", child}, {"what", what}}.dump(), 0});
    settle();
    advance(3s);
    json told;
    response.receive([&](const gateway_reply& reply) { told = json::parse(reply.body); },
      [&](const caf::error& why) { FAIL(system.render(why)); });
    return told;
  }
  error refused(json arguments) { return refusal("sys", arguments); }

  void dispatch(const std::string& command, json data) {
    object("dispatch",
      {{"category", "account"}, {"id", "42"}, {"command", command}, {"data", std::move(data)}});
  }
  /// Two events, none of which the totals want.
  void open_account() { dispatch("open", {{"owner", "ann"}, {"currency", "eur"}}); }
  void deposit() { dispatch("deposit", {{"cents", 500}}); }
};

TEST_CASE_FIXTURE(sys_verb_world, "sys: the state of a supervisor is its children") {
  const json told = sys("bank", "state");
  CHECK(told["child"] == "aiexd/bank");
  CHECK(told["state"]["path"] == "aiexd/bank");
  CHECK(told["state"]["children"].size() == 6);
  CHECK(told["state"]["children"][2]["id"] == "twin");
  CHECK(told["state"]["children"][2]["status"] == "running");
  CHECK(told["state"]["untold"] == 0);
  CHECK(sys("aiexd", "state")["state"]["children"].size() == 5);
}

TEST_CASE_FIXTURE(sys_verb_world, "sys: the state of an aggregate, found below a dynamic one") {
  open_account();
  const json told = sys("account/live/42", "state");
  CHECK(told["state"]["stream"] == "account-42");
  CHECK(told["state"]["version"] == 2);
  CHECK(told["state"]["state"].is_object());
}

TEST_CASE_FIXTURE(sys_verb_world, "sys: the state of a projection is how far it has come") {
  open_account();
  deposit();
  json state = sys("totals", "state")["state"];
  CHECK(state["name"] == "totals");
  CHECK(state["status"] == "running");
  CHECK(state["position"] == 3);
  CHECK(state["head"] == 3);
  CHECK(state["lag_events"] == 0);
  CHECK(state["lag_is_more"] == false);
  CHECK(state["lag_seconds"] == 0.0);
  CHECK(state["last_error"] == "");
  object("projection_pause", {{"name", "totals"}});
  deposit();
  state = sys("totals", "state")["state"];
  CHECK(state["status"] == "paused");
  CHECK(state["position"] == 3);
  CHECK(state["head"] == 4);
  CHECK(state["lag_events"] == 1);
}

TEST_CASE_FIXTURE(sys_verb_world, "sys: the states of a handler and of the bus are what they did") {
  open_account();
  deposit();
  const json mail = sys("mail", "state")["state"];
  CHECK(mail["handled"] == 1);
  CHECK(mail["failed"] == 0);
  CHECK(mail["position"] == 1);
  const json bus = sys("bus", "state")["state"];
  CHECK(bus["position"] == 3);
  CHECK(bus["head"] == 3);
  CHECK(bus["subscriptions"] == 2);
  CHECK(bus["delivered"] == 2);
  CHECK(bus["last_failure"] == "");
}

TEST_CASE_FIXTURE(sys_verb_world, "sys: an order without an answer may still be carried out") {
  const auto suspend = begin("sys", {{"child", "mute"}, {"what", "suspend"}}, 4s);
  const auto state = begin("sys", {{"child", "mute"}, {"what", "state"}}, 4s);
  advance(3s);
  REQUIRE(*suspend);
  const error why = to_result(**suspend).error();
  CHECK(why.code == errc::unknown_outcome);
  CHECK(why.message.find("aiex sys aiexd/bank/mute statistics shows it") != std::string::npos);
  REQUIRE(*state);
  CHECK(to_result(**state).error().code == errc::time_out);
}

TEST_CASE_FIXTURE(sys_verb_world, "sys: an actor without a state shows its counters") {
  caf::anon_send(*services.names.find("twin"), 1);
  settle();
  CHECK(sys("twin", "state")["state"]["messages_in"] == 2);
}

TEST_CASE_FIXTURE(sys_verb_world, "sys: what is suspended answers nothing until it is resumed") {
  CHECK(sys("bank", "suspend")["suspended"] == true);
  CHECK(sys_of_suspended("bank", "suspend")["suspended"] == true);
  kill(*services.names.find("twin"));
  CHECK_FALSE(services.names.find("twin")); // nobody starts it again
  CHECK(sys_of_suspended("bank", "statistics")["mailbox"] >= 1);
  CHECK(sys_of_suspended("bank", "resume")["suspended"] == false);
  CHECK(services.names.find("twin"));
}

TEST_CASE_FIXTURE(sys_verb_world, "sys: statistics of an actor, since when") {
  advance(5s);
  const json told = sys("twin", "statistics");
  CHECK(told["child"] == "aiexd/bank/twin");
  CHECK(told["messages_in"] == 1);
  CHECK(told["handled"] == 0);
  CHECK(told["mailbox"] == 0);
  CHECK(told["suspended"] == false);
  CHECK(told["traced"] == false);
  CHECK(told["since"] == to_string(services.clock() - 5s));
}

TEST_CASE_FIXTURE(sys_verb_world, "sys: a trace has what an actor heard") {
  CHECK(lines("sys", {{"child", "twin"}, {"what", "trace"}}).empty());
  CHECK(object("sys",
          {{"child", "twin"}, {"what", "trace"}, {"how", "on"}, {"events", 2}})["traced"] == true);
  for (int i = 0; i < 3; ++i)
    caf::anon_send(*services.names.find("twin"), i);
  settle();
  const auto told = lines("sys", {{"child", "twin"}, {"what", "trace"}, {"how", "get"}});
  REQUIRE(told.size() == 2);
  CHECK(told[0]["message"] == "i32");
  CHECK(told[0]["outcome"] == "handled");
  CHECK(told[0]["sender"] == 0);
  CHECK(told[0]["at"] == to_string(services.clock()));
  CHECK(sys("twin", "trace", "off")["traced"] == false);
  CHECK(lines("sys", {{"child", "twin"}, {"what", "trace"}}).empty());
}

TEST_CASE_FIXTURE(sys_verb_world, "sys: what carries the node is not suspended") {
  for (const char* child : {"aiexd", "gateway", "aiexd/bus"}) {
    const error why = refused({{"child", child}, {"what", "suspend"}});
    CHECK(why.code == errc::refused);
    CHECK(why.message.find("could not resume it") != std::string::npos);
  }
  CHECK(sys("gateway", "statistics")["suspended"] == false);
}

TEST_CASE_FIXTURE(sys_verb_world, "sys: refuses words it does not know") {
  struct example {
    json arguments;
    errc code;
    const char* says;
  };
  const example table[] = {
    {{{"child", "absent"}, {"what", "state"}}, errc::not_found, "no child"},
    {{{"child", "idle"}, {"what", "state"}}, errc::not_found, "does not run"},
    {{{"child", "twin"}}, errc::missing_required_fields, "what"},
    {{{"child", "twin"}, {"what", "explode"}}, errc::invalid_argument, "state, statistics"},
    {{{"child", "twin"}, {"what", "trace"}, {"how", "sideways"}}, errc::invalid_argument,
      "trace on, trace off, trace get"},
    {{{"child", "twin"}, {"what", "state"}, {"how", "on"}}, errc::invalid_argument,
      "nothing goes with state: on, off and get go with trace only"},
    {{{"child", "twin"}, {"what", "trace"}, {"how", "on"}, {"events", 1'001}},
      errc::invalid_argument, "1 to 1000"},
    {{{"child", "twin"}, {"what", "trace"}, {"how", "on"}, {"events", 0}}, errc::invalid_argument,
      "1 to 1000"},
    {{{"child", "twin"}, {"what", "trace"}, {"events", 5}}, errc::invalid_argument, "trace on"},
  };
  for (const example& row : table) {
    CAPTURE(row.arguments.dump());
    const error why = refused(row.arguments);
    CHECK(why.code == row.code);
    CHECK(why.message.find(row.says) != std::string::npos);
  }
}

json line_of(const std::vector<json>& all, const std::string& name) {
  for (const json& each : all)
    if (each["name"] == name)
      return each;
  FAIL(name << " is not there");
  return {};
}

TEST_CASE_FIXTURE(sys_verb_world, "ps: how many messages wait and were handled, and who waits") {
  const auto send_three = [this] {
    for (int i = 0; i < 3; ++i)
      caf::anon_send(*services.names.find("twin"), i);
    settle();
  };
  send_three();
  json twin = line_of(lines("ps"), "aiexd/bank/twin");
  CHECK(twin["handled"] == 3);
  CHECK(twin["mailbox"] == 0);
  CHECK_FALSE(twin.contains("suspended"));
  sys("twin", "suspend");
  send_three();
  twin = line_of(lines("ps"), "aiexd/bank/twin");
  CHECK(twin["mailbox"] == 3);
  CHECK(twin["suspended"] == true);
  const json bank = line_of(object("tree")["children"], "bank");
  CHECK(line_of(bank["children"], "twin")["suspended"] == true);
  sys("twin", "resume");
  CHECK_FALSE(line_of(lines("ps"), "aiexd/bank/twin").contains("suspended"));
}

} // namespace
} // namespace aiex
