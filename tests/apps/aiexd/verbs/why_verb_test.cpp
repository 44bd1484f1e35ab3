#include "aiexd/verbs/crash_test_text.hpp"
#include "aiexd/verbs/why_verb.hpp"
#include "support/buggy_account.hpp"
#include "support/fragile_part.hpp"
#include "support/gateway_world.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

struct crashing_world : test::gateway_world {
  crashing_world()
      : gateway_world({supervisor("bank", strategy::one_for_one, {1'000, 60s},
          {test::fragile_part("totals"), test::fragile_part("other")})}) {}

  void crash(const char* who, std::string why) {
    caf::anon_send(*services.names.find(who), std::move(why));
    settle();
  }
  std::vector<json> why(const char* child) { return lines("why", {{"child", child}}); }
};

TEST_CASE_FIXTURE(crashing_world, "why: what became of a child, the newest last") {
  CHECK(why("totals").empty());
  CHECK(object("status")["head"] == 0);
  crash("totals", "no such row");
  *wall_clock += 1s;
  crash("other", "not asked for");
  crash("totals", "again");
  const auto seen = why("totals");
  REQUIRE(seen.size() == 5);
  CHECK(seen[0] == json{{"at", "1970-01-01T00:00:03.000000Z"}, {"child", "aiexd/bank/totals"},
                     {"what", "exited"}, {"reason", "no such row"}, {"restarts", 0},
                     {"last_message", "str"}});
  CHECK(seen[1]["what"] == "restarting");
  CHECK(seen[2]["reason"] == "again");
  CHECK(seen[2]["at"] == "1970-01-01T00:00:04.000000Z");
  CHECK(seen[3]["what"] == "restarting");
  CHECK(seen[4] == json{{"at", "1970-01-01T00:00:04.000000Z"}, {"child", "aiexd/bank/totals"},
                     {"what", "total"}, {"reason", "2 since 1970-01-01T00:00:03.000000Z"},
                     {"count", 2}, {"since", "1970-01-01T00:00:03.000000Z"}});
  CHECK(why("aiexd/bank/totals") == seen);
  CHECK(why("bank/totals") == seen);
}

TEST_CASE_FIXTURE(crashing_world, "why: of a stuck handler it says the message, and since when") {
  supervision_event stuck{"aiexd/bank/totals", child_change::stuck, "its handler runs for 2.0 s"};
  stuck.last_message = "bank::deposit";
  stuck.ran_for = 2s;
  context.observe(stuck);
  settle();
  const auto seen = why("totals");
  REQUIRE(seen.size() == 1); // and is no crash
  CHECK(seen[0] == json{{"at", "1970-01-01T00:00:03.000000Z"}, {"child", "aiexd/bank/totals"},
                     {"what", "stuck"}, {"reason", "its handler runs for 2.0 s"}, {"restarts", 0},
                     {"last_message", "bank::deposit"},
                     {"handler_since", "1970-01-01T00:00:01.000000Z"}, {"handler_ms", 2'000}});
}

TEST_CASE_FIXTURE(crashing_world, "why: handlers that are a little slow do not hide a crash") {
  crash("totals", "no such row");
  for (std::size_t i = 0; i < crashes_told_max; ++i) {
    *wall_clock += 1s;
    context.observe({"aiexd/bank/totals", child_change::stuck, "its handler runs"});
    context.observe({"aiexd/bank/totals", child_change::returned, "it has returned"});
  }
  settle();
  const auto seen = why("totals");
  REQUIRE(seen.size() == crashes_told_max + 2);
  CHECK(seen[0]["reason"] == "no such row");
  CHECK(seen[1]["what"] == "stuck");
  CHECK(seen[crashes_told_max]["what"] == "returned");
  CHECK(seen.back()["count"] == 1);
}

TEST_CASE_FIXTURE(crashing_world, "why: who was killed, as it did not end in time, has crashed") {
  context.observe({"aiexd/bank/totals", child_change::killed, "it did not shut down in time"});
  context.observe({"aiexd/bank/totals", child_change::abandoned, "it does not return"});
  settle();
  const auto seen = why("totals");
  REQUIRE(seen.size() == 3);
  CHECK(seen.back()["count"] == 1);
}

TEST_CASE_FIXTURE(crashing_world, "why: a child that never was is not found") {
  crash("totals", "no such row");
  for (const char* child : {"absent", "safe/totals", "otals"})
    CHECK(refusal("why", {{"child", child}}).code == errc::not_found);
  CHECK(why("bank").empty());
  CHECK(refusal("why", {{"child", ""}}).code == errc::invalid_argument);
  CHECK(refusal("why").code == errc::missing_required_fields);
}

TEST_CASE_FIXTURE(crashing_world, "why: the newest so many are told") {
  for (std::size_t i = 0; i < crashes_told_max; ++i) // each is told twice
    crash("totals", std::to_string(i));
  const auto seen = why("totals");
  REQUIRE(seen.size() == crashes_told_max + 1);
  CHECK(seen[seen.size() - 3]["reason"] == std::to_string(crashes_told_max - 1));
  CHECK(seen.back()["count"] == crashes_told_max);
}

struct buggy_world : test::gateway_world {
  buggy_world()
      : gateway_world({aggregates(aggregate_type_of<test::buggy_account>()),
          supervisor(
            "bank", strategy::one_for_one, {1'000, 60s}, {test::fragile_part("totals")})}) {
    dispatch("deposit");
  }
  gateway_reply dispatch(const char* command) {
    return reply("dispatch", {{"category", "account"}, {"id", "ann"}, {"command", command},
                               {"data", {{"cents", 5}}}, {"correlation_id", "order-1"}});
  }
};

TEST_CASE_FIXTURE(buggy_world, "why: a crash of an aggregate says what it came from") {
  dispatch("withdraw");
  const auto seen = lines("why", {{"child", "live/ann"}});
  REQUIRE(seen.size() == 2);
  CHECK(seen[0]["reason"] == "a bug in decide");
  const auto chain = lines("why", {{"child", "live/ann"}, {"chain", true}});
  REQUIRE(chain.size() == 2);
  CHECK(chain[0]["type"] == "deposited");
  CHECK(chain[1]["type"] == "child_exited");
  CHECK(chain[1]["correlation_id"] == "order-1");
}

TEST_CASE_FIXTURE(buggy_world, "why: what belongs to nothing has no chain") {
  caf::anon_send(*services.names.find("totals"), std::string{"no luck"});
  settle();
  const auto chain = refusal("why", {{"child", "totals"}, {"chain", true}});
  CHECK(chain.code == errc::not_found);
}

TEST_CASE_FIXTURE(buggy_world, "crash test: the last crash of an aggregate as a test") {
  dispatch("withdraw");
  const std::string text = object("crash_test", {{"child", "live/ann"}})["text"];
  CHECK(text.find("// 1970-01-01T00:00:03.000000Z: withdraw at version 1 threw: a bug in decide\n"
                  "// It belonged to order-1.\n") == 0);
  CHECK(text.find(R"({"deposited", 1, R"aiex({"cents":5,"note":"","cash":false})aiex"},)") !=
        std::string::npos);
  CHECK(text.find(R"(.when("withdraw", R"aiex({"cents":5})aiex"))") != std::string::npos);
}

TEST_CASE_FIXTURE(buggy_world, "crash test: what cannot be repeated is refused") {
  caf::anon_send(*services.names.find("totals"), std::string{"no luck"});
  settle();
  for (const char* child : {"totals", "absent", "live"})
    CHECK(refusal("crash_test", {{"child", child}}).code == errc::not_found);
  CHECK(refusal("crash_test", {{"child", ""}}).code == errc::invalid_argument);
  CHECK(refusal("crash_test").code == errc::missing_required_fields);
}

TEST_CASE_FIXTURE(buggy_world, "crash test: a stream too long for a test is refused") {
  for (std::size_t i = 0; i < crash_test_events_max; ++i)
    dispatch("deposit");
  dispatch("withdraw");
  CHECK(refusal("crash_test", {{"child", "live/ann"}}).code == errc::invalid_data);
}

} // namespace
} // namespace aiex
