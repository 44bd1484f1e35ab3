#include "aiex/supervision/application/application_core.hpp"

#include "support/application_drive.hpp"

#include <doctest/doctest.h>

#include <map>

namespace aiex {
namespace {

using drive = test::application_drive;
using lines = drive::lines;
using plans = std::vector<application_plan>;
using test::stopped;
using enum application_type;
using test::operator+;

const plans three{{"web", {"bank", "log"}}, {"bank", {"log"}}, {"log"}};

const std::string all_are_stopped =
  "all applications are being stopped: ask again when they have been started again";

TEST_CASE("application_core: stops last started first, each with its callbacks around") {
  drive all{three};
  CHECK(all.begin() == lines{"start log", "start bank", "start web"});
  CHECK(all.run(all.core.on_shutdown()) == stopped({"web", "bank", "log"}) + lines{"end: "});
  CHECK(all.run(all.core.on_shutdown()).empty());
}

TEST_CASE("application_core: one that is started again is the last, and the first to be stopped") {
  drive all{{{"a"}, {"b"}}};
  all.begin();
  CHECK(all.stop("a") == stopped({"a"}) + lines{"answer 7"});
  CHECK(all.start("a") == lines{"start a", "answer 7 a"});
  CHECK(all.run(all.core.on_shutdown()) == stopped({"a", "b"}) + lines{"end: "});
}

TEST_CASE("application_core: what its end means, for each type and each kind of end") {
  struct example {
    application_type type;
    exit_kind kind;
    bool ends_node;
  };
  const example table[] = {
    {permanent, exit_kind::normal, true},
    {permanent, exit_kind::shutdown, true},
    {permanent, exit_kind::abnormal, true},
    {transient, exit_kind::normal, false},
    {transient, exit_kind::shutdown, true},
    {transient, exit_kind::abnormal, true},
    {temporary, exit_kind::normal, false},
    {temporary, exit_kind::shutdown, false},
    {temporary, exit_kind::abnormal, false},
  };
  const std::map<application_type, std::string> names{
    {permanent, "permanent"}, {transient, "transient"}, {temporary, "temporary"}};
  for (const example& row : table) {
    const std::string type = names.at(row.type);
    const std::string kind = drive::text_of(row.kind);
    CAPTURE(type);
    CAPTURE(kind);
    // While it runs: its own callbacks first, then all others are stopped.
    drive running{{{"log"}, {"bank", {}, row.type}, {"web"}}};
    running.begin();
    const lines called{"call prep_stop of bank", "call stop of bank"};
    const lines others = stopped({"web", "log"});
    const std::string reason =
      "end: the " + type + " application 'bank' has ended (" + kind +
      "), and the node ends with it; aiex why tells what of it could still be written down";
    CHECK(running.ends("bank", row.kind) ==
          called + (row.ends_node ? others + lines{reason} : lines{}));
    if (!row.ends_node)
      CHECK(running.start("bank") == lines{"start bank", "answer 7 bank"});
    // When it is to be started: those before it are stopped again, those behind it never started.
    drive starting{{{"log"}, {"bank", {}, row.type}, {"web"}}};
    starting.fails["bank"] = {row.kind, kind};
    const lines begun{"start log", "start bank"};
    const std::string failure = "end: the " + type + " application 'bank' could not be started (" +
                                kind + "), and the node ends with it";
    CHECK(starting.begin() ==
          begun + (row.ends_node ? stopped({"log"}) + lines{failure} : lines{"start web"}));
    CHECK(starting.core.failure_of_start("bank", row.kind, kind).empty() != row.ends_node);
  }
}

TEST_CASE(
  "application_core: who depends on one that has failed is not started, and counts as failed") {
  drive all{{{"log", {}, temporary}, {"bank", {"log"}, temporary}, {"web", {"bank"}}}};
  all.fails["log"] = {exit_kind::abnormal, "broken"};
  CHECK(all.begin() == lines{"start log",
                         "end: the permanent application 'web' could not be started ('bank', which "
                         "application 'web' depends on, does not run), and the node ends with it"});
}

TEST_CASE("application_core: start says what stands against it, and changes nothing then") {
  drive all{three};
  all.begin();
  CHECK(all.start("bank") ==
        lines{"answer 7 application 'bank' runs already: stop it first, to start it anew"});
  CHECK(all.start("bnak") == lines{"answer 7 this program has no application 'bnak': "
                                   "which_applications_call tells those it has"});
  CHECK(all.stop("bnak") == lines{"answer 7 this program has no application 'bnak': "
                                  "which_applications_call tells those it has"});
  CHECK(all.stop("web") == stopped({"web"}) + lines{"answer 7"});
  CHECK(
    all.stop("web") == lines{"answer 7 application 'web' does not run: there is nothing to stop"});
  // Whoever depends on what is stopped goes on, and is named.
  CHECK(all.stop("log") == stopped({"log"}) + lines{"answer 7 bank"});
  CHECK(all.start("web") == lines{"answer 7 'log', which application 'web' depends on, does not "
                                  "run: start it first, or both together"});
  CHECK(all.core.failure().empty());
  all.run(all.core.on_shutdown());
  CHECK(all.start("web") == lines{"answer 7 " + all_are_stopped});
  CHECK(all.stop("web") == lines{"answer 7 " + all_are_stopped});
}

TEST_CASE("application_core: together starts what it depends on, or takes back what it started") {
  drive all{
    {{"web", {"bank", "log"}, temporary}, {"bank", {"log"}, temporary}, {"log", {}, temporary}}};
  all.begin();
  for (const char* each : {"web", "bank", "log"})
    all.stop(each);
  CHECK(all.start("web", true) ==
        lines{"start log", "start bank", "start web", "answer 7 log bank web"});
  CHECK(all.start("web", true) == lines{"answer 7"});
  all.stop("log");
  CHECK(
    all.start("web", true) == lines{"answer 7"}); // as OTP: it runs, whatever it depends on does
  CHECK(all.start("bank", true) == lines{"answer 7"});
  all.stop("web");
  CHECK(all.start("web", true) == lines{"start log", "start web", "answer 7 log web"});
  for (const char* each : {"web", "bank", "log"})
    all.stop(each);
  all.fails["web"] = {exit_kind::abnormal, "broken"};
  CHECK(all.start("web", true) ==
        lines{"start log", "start bank", "start web"} + stopped({"bank", "log"}) +
          lines{"answer 7 application 'web' could not be started: broken"});
  all.fails["log"] = {exit_kind::abnormal, "broken"};
  CHECK(all.start("web", true) ==
        lines{"start log", "answer 7 application 'log' could not be started: broken"});
  // What had been started before is none of those that are taken back.
  all.fails.erase("log");
  all.start("log");
  CHECK(
    all.start("web", true) == lines{"start bank", "start web"} + stopped({"bank"}) +
                                lines{"answer 7 application 'web' could not be started: broken"});
}

// In OTP both are answered ok: the second start finds the first one's.
TEST_CASE("application_core: two starts of one at the same time are one start") {
  drive all{{{"a", {}, temporary}}};
  all.begin();
  all.stop("a");
  all.lingers = {"a"};
  CHECK(all.start("a") == lines{"start a"});
  CHECK(all.run(all.core.start(8, "a", false)).empty());
  CHECK(all.run(all.core.start(9, "a", true)).empty());
  CHECK(all.run(all.core.on_started()) ==
        lines{"answer 7 a",
          "answer 8 application 'a' runs already: stop it first, to start it anew", "answer 9"});
}

// In OTP both hear of the one failure.
TEST_CASE("application_core: two starts of one at the same time that fail are two failures") {
  drive all{{{"a", {}, temporary}}};
  all.begin();
  all.stop("a");
  all.lingers = {"a"};
  all.start("a");
  all.run(all.core.start(8, "a", false));
  const std::string failed = " application 'a' could not be started: broken";
  CHECK(all.run(all.core.on_start_failed(exit_kind::abnormal, "broken")) ==
        lines{"answer 7" + failed, "start a"});
  CHECK(
    all.run(all.core.on_start_failed(exit_kind::abnormal, "broken")) == lines{"answer 8" + failed});
}

// In OTP who does not run yet is not_started.
TEST_CASE("application_core: a stop of one that is being started waits for that") {
  drive all{{{"a", {}, temporary}}};
  all.begin();
  all.stop("a");
  all.lingers = {"a"};
  all.start("a");
  CHECK(all.run(all.core.stop(8, "a")).empty());
  CHECK(all.run(all.core.on_started()) == lines{"answer 7 a"} + stopped({"a"}) + lines{"answer 8"});
}

TEST_CASE("application_core: one that has ended does not run for those that depend on it") {
  drive all{{{"log", {}, temporary}, {"web", {"log"}, permanent}}};
  all.begin();
  all.stop("web");
  all.ends("log", exit_kind::abnormal);
  CHECK(all.start("web") == lines{"answer 7 'log', which application 'web' depends on, does not "
                                  "run: start it first, or both together"});
  CHECK(all.core.failure().empty()); // also a permanent one does not end the node for that
  CHECK(all.start("web", true) == lines{"start log", "start web", "answer 7 log web"});
}

TEST_CASE("application_core: one that the node needs ends it also when it was started by request") {
  drive all{{{"log"}, {"bank"}}};
  all.begin();
  all.stop("bank");
  all.fails["bank"] = {exit_kind::abnormal, "broken"};
  CHECK(all.start("bank") ==
        lines{"start bank", "answer 7 application 'bank' could not be started: broken"} +
          stopped({"log"}) +
          lines{"end: the permanent application 'bank' could not be started (broken), and the node "
                "ends with it"});
}

TEST_CASE("application_core: one thing at a time, who does not end is killed, then abandoned") {
  drive all{{{"a"}, {"b", {}, temporary}, {"c", {}, temporary}}};
  all.begin();
  all.waits = {"a"};
  CHECK(all.stop("a") == lines{"call prep_stop of a", "stop a"});
  CHECK(all.run(all.core.stop(8, "b")).empty());
  CHECK(all.run(all.core.start(9, "a", false)).empty());
  // Another one ends meanwhile; then nothing is left of it to be stopped, and that is well.
  CHECK(all.ends("b", exit_kind::abnormal) == lines{"call prep_stop of b", "call stop of b"});
  CHECK(all.run(all.core.on_stop_timeout("a")) == lines{"kill a"});
  CHECK(all.run(all.core.on_stop_timeout("a")) ==
        lines{"call stop of a", "answer 7", "answer 8", "start a", "answer 9 a"});
}

TEST_CASE(
  "application_core: what waits when all are stopped is refused, what has begun is finished") {
  drive all{{{"a", {}, temporary}, {"b", {}, temporary}}};
  all.begin();
  all.waits = {"b"};
  CHECK(all.stop("b") == lines{"call prep_stop of b", "stop b"});
  all.run(all.core.start(8, "b", false));
  CHECK(all.run(all.core.on_shutdown()) == lines{"answer 8 " + all_are_stopped});
  CHECK(all.ends("b", exit_kind::shutdown) ==
        lines{"call stop of b", "answer 7"} + stopped({"a"}) + lines{"end: "});
}

TEST_CASE("application_core: a start together that ends the node is answered once") {
  drive all{three};
  all.begin();
  all.stop("web");
  all.stop("bank");
  all.fails["bank"] = {exit_kind::abnormal, "broken"};
  CHECK(all.start("web", true) ==
        lines{"start bank", "answer 7 application 'bank' could not be started: broken"} +
          stopped({"log"}) +
          lines{"end: the permanent application 'bank' could not be started (broken), and the node "
                "ends with it"});
}

TEST_CASE("application_core: a start together that fails while all are stopped hinders no stop") {
  drive all{three};
  all.begin();
  all.stop("web");
  all.stop("bank");
  all.lingers = {"bank"};
  CHECK(all.start("web", true) == lines{"start bank"});
  CHECK(all.run(all.core.on_shutdown()) == lines{"answer 7 " + all_are_stopped});
  CHECK(all.run(all.core.on_start_failed(exit_kind::abnormal, "broken")) ==
        stopped({"log"}) + lines{"end: "});
}

TEST_CASE("application_core: one that is killed at once is not killed again, but abandoned") {
  for (const bool ends : {true, false}) {
    CAPTURE(ends);
    drive all{{{"a", {}, temporary, shutdown::brutal_kill()}}};
    all.begin();
    all.waits = {"a"};
    CHECK(all.stop("a") == lines{"call prep_stop of a", "stop a"});
    all.reports.clear();
    CHECK((ends ? all.ends("a", exit_kind::abnormal) : all.run(all.core.on_stop_timeout("a"))) ==
          lines{"call stop of a", "answer 7"});
    CHECK(all.reports == std::vector{ends ? child_change::stopped : child_change::abandoned});
  }
}

TEST_CASE("application_core: what a start together needs is seen when its turn has come") {
  drive all{{{"x"}, {"log", {}, temporary}, {"web", {"log"}, temporary}}};
  all.begin();
  all.waits = {"x"};
  all.stop("x");
  CHECK(all.run(all.core.stop(8, "web")).empty());
  CHECK(all.run(all.core.stop(9, "log")).empty());
  CHECK(all.run(all.core.start(10, "web", true)).empty()); // it still runs
  CHECK(all.ends("x", exit_kind::shutdown) ==
        lines{"call stop of x", "answer 7"} + stopped({"web"}) + lines{"answer 8"} +
          stopped({"log"}) + lines{"answer 9", "start log", "start web", "answer 10 log web"});
}

TEST_CASE("application_core: a start together is taken back if what it needs has ended meanwhile") {
  drive all{{{"log", {}, temporary}, {"bank", {}, temporary}, {"web", {"log"}, temporary},
    {"desk", {"web", "bank"}, temporary}}};
  all.begin();
  for (const char* each : {"desk", "web", "bank"})
    all.stop(each);
  all.lingers = {"bank"};
  CHECK(all.start("desk", true) == lines{"start bank"});
  all.ends("log", exit_kind::abnormal);
  CHECK(all.run(all.core.on_started()) ==
        stopped({"bank"}) + lines{"answer 7 'log', which application 'web' depends on, does not "
                                  "run: start it first, or both together"});
}

TEST_CASE("application_core: so many requests wait, and one more is refused") {
  drive all{{{"a"}}};
  all.begin();
  all.waits = {"a"};
  all.stop("a"); // under way, so it does not wait
  for (std::size_t i = 0; i < application_requests_max; ++i)
    REQUIRE(all.run(all.core.start(i + 8, "a", i % 2 == 0)).empty());
  const auto refusals = {all.core.start(5, "a", true), all.core.stop(6, "a")};
  for (const application_orders& each : refusals) {
    REQUIRE(each.size() == 1);
    const auto& said = std::get<answer_application>(each[0]).answer;
    REQUIRE_FALSE(said);
    CHECK(said.error().code == application_errc::too_many_requests);
    CHECK(said.error().message == "1024 requests wait already for one application to be started or "
                                  "stopped, and no more can: ask again when that is done");
  }
  all.waits.clear();
  CHECK(all.ends("a", exit_kind::shutdown).size() == application_requests_max + 3);
  CHECK(all.stop("a") == stopped({"a"}) + lines{"answer 7"}); // there is room again
}

} // namespace
} // namespace aiex
