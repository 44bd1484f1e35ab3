#include "aiexd/verbs/flow_verbs.hpp"
#include "support/bank.hpp"
#include "support/gateway_world.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

using nlohmann::json;

struct bank_world : test::gateway_world {
  bank_world() : gateway_world({aggregates<test::bank::account>()}) {
    object("dispatch", command("open", {{"owner", "ann"}, {"currency", "eur"}}));
  }

  static json command(const char* name, json data, json more = json::object()) {
    more.update({{"category", "account"}, {"id", "42"}, {"command", name}, {"data", data}});
    return more;
  }
};

const std::string command_id = "01932c4e-0000-7000-8000-000000000001";

TEST_CASE_FIXTURE(bank_world, "dispatch: answers the events and where they are") {
  const json done = object("dispatch", command("deposit", {{"cents", 500}}));
  CHECK(done == json{{"version", 3}, {"position", 3},
                  {"events", {{{"type", "deposited"},
                               {"data", {{"cents", 500}, {"note", ""}, {"cash", false}}}}}}});
  const json nothing = object("dispatch", command("deposit", {{"cents", 0}}));
  CHECK(nothing == json{{"version", 3}, {"events", json::array()}});
  const auto recorded = lines("events", {{"stream", "account-42"}});
  REQUIRE(recorded.size() == 3);
  CHECK(recorded[2]["type"] == "deposited");
}

TEST_CASE_FIXTURE(bank_world, "dispatch: a repeat by its id is done once") {
  const json wish =
    command("deposit", {{"cents", 5}}, {{"command_id", command_id}, {"correlation_id", "c1"}});
  json first = object("dispatch", wish);
  CHECK_FALSE(first.contains("repeated"));
  first["repeated"] = true;
  CHECK(object("dispatch", wish) == first);
  CHECK(object("state", {{"category", "account"}, {"id", "42"}})["state"]["balance_cents"] == 5);
  CHECK(lines("events", {{"correlation_id", "c1"}}).size() == 1);
}

TEST_CASE_FIXTURE(bank_world, "dispatch: a dry run decides and writes nothing") {
  const json done = object("dispatch", command("deposit", {{"cents", 5}}, {{"dry_run", true}}));
  CHECK(done["dry_run"] == true);
  CHECK(done["events"].size() == 1);
  CHECK_FALSE(done.contains("position"));
  CHECK(object("status")["head"] == 2);
}

TEST_CASE_FIXTURE(bank_world, "dispatch: what is expected is checked") {
  CHECK(refusal("dispatch", command("deposit", {{"cents", 5}}, {{"expect", 1}})).code ==
        errc::wrong_expected_version);
  CHECK(refusal("dispatch", command("deposit", {{"cents", 5}}, {{"expect", "none"}})).actual == 2);
  CHECK(refusal("dispatch", command("deposit", {{"cents", 5}}, {{"expect", "exists"}})).code ==
        errc::invalid_argument);
  CHECK(object("dispatch", command("deposit", {{"cents", 5}}, {{"expect", 2}}))["version"] == 3);
  CHECK(
    object("dispatch", command("deposit", {{"cents", 5}}, {{"expect", "any"}}))["version"] == 4);
}

TEST_CASE_FIXTURE(bank_world, "dispatch and state: what cannot be is refused by name") {
  const error refused = refusal("dispatch", command("withdraw", {{"cents", 5}}));
  CHECK(refused.code == errc::refused);
  CHECK(refused.message.starts_with("withdraw on "));
  CHECK(refused.message.ends_with(" refused at version 2: insufficient_funds"));

  struct example {
    const char* verb;
    json arguments;
    errc code;
    const char* says;
  };
  const example table[] = {
    {"dispatch", command("burn", {}), errc::unknown_type, "burn"},
    {"dispatch", command("deposit", {{"cents", "x"}}), errc::invalid_data, "cents"},
    {"dispatch", command("deposit", {{"cents", 1}}, {{"command_id", "x"}}), errc::invalid_id,
      "command_id"},
    {"dispatch", {{"category", "account"}, {"id", "1"}}, errc::missing_required_fields, "command"},
    {"dispatch", {{"category", "ship"}, {"id", "1"}, {"command", "sail"}}, errc::not_found,
      "it has account"},
    {"dispatch", {{"id", "1"}}, errc::missing_required_fields, "category"},
    {"dispatch", {{"ctaegory", "account"}}, errc::invalid_argument, "ctaegory"},
    {"state", {{"category", "ship"}, {"id", "1"}}, errc::not_found, "it has account"},
    {"state", {{"category", "account/live"}, {"id", "1"}}, errc::not_found, "it has account"},
    {"state", {{"category", "account"}, {"id", "7"}}, errc::not_found, "account-7"},
    {"state", {{"category", "account"}, {"id", "42"}, {"at", 9}}, errc::not_found, "1 to 2"},
    {"state", {{"category", "account"}}, errc::missing_required_fields, "id"},
  };
  for (const auto& row : table) {
    CAPTURE(row.arguments.dump());
    const error why = refusal(row.verb, row.arguments);
    CHECK(why.code == row.code);
    CHECK_MESSAGE(why.message.find(row.says) != std::string::npos, why.message);
  }
}

TEST_CASE_FIXTURE(bank_world, "state: as it is, and as it was") {
  object("dispatch", command("deposit", {{"cents", 5}}));
  CHECK(object("state", {{"category", "account"}, {"id", "42"}}) ==
        json{{"version", 3}, {"state", {{"open", true}, {"balance_cents", 5}}}});
  CHECK(object("state", {{"category", "account"}, {"id", "42"}, {"at", 2}}) ==
        json{{"version", 2}, {"state", {{"open", true}, {"balance_cents", 0}}}});
}

TEST_CASE("dispatch: a node without aggregates says so") {
  test::gateway_world world;
  CHECK(world.refusal("state", {{"category", "account"}, {"id", "1"}}).message ==
        "this node has no aggregates");
}

} // namespace
} // namespace aiex
