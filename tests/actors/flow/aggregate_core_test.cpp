#include "aiex/actors/flow/aggregate_core.hpp"

#include "support/aggregate_race.hpp"
#include "support/core_drive.hpp"

#include <doctest/doctest.h>

#include <string>

namespace aiex {
namespace {

using test::core_drive;

struct bank_world : test::aggregate_media {
  core_drive ann{*this, "ann"};

  dispatched done(core_drive& core, std::uint64_t id, std::string command, std::string data) {
    auto outcome = core.dispatch(test::call_of("ann", id, std::move(command), std::move(data)));
    REQUIRE_MESSAGE(outcome.has_value(), (outcome ? "" : outcome.error().message));
    return *outcome;
  }
  error refused(core_drive& core, dispatch_call call) {
    const auto outcome = core.dispatch(std::move(call));
    REQUIRE_FALSE(outcome.has_value());
    return outcome.error();
  }
  void open(core_drive& core) { done(core, 1, "open", R"({"owner":"ann","currency":"eur"})"); }
};

TEST_CASE_FIXTURE(bank_world, "aggregate_core: a command becomes events behind the version") {
  const auto opened = done(ann, 1, "open", R"({"owner":"ann","currency":"eur"})");
  CHECK(opened.version == 2);
  CHECK(opened.events.size() == 2);
  CHECK(opened.events[0].type == "opened");
  CHECK(opened.last == position{2});
  CHECK_FALSE(opened.repeated);
  CHECK(done(ann, 2, "deposit", R"({"cents":500})").version == 3);
  CHECK(ann.core.version() == 3);
  const auto page = events.read(query{.stream = "account-ann"});
  REQUIRE(page);
  CHECK(page->events[2].causation_id == to_string(test::id_of(2)));
  CHECK(page->events[2].node == "node1");
  CHECK(ann.view({"ann"}) == aggregate_view{3, R"({"open":true,"balance_cents":500})"});
}

TEST_CASE_FIXTURE(bank_world, "aggregate_core: a repeat is answered with what came of it first") {
  open(ann);
  const auto first = done(ann, 2, "deposit", R"({"cents":500})");
  const auto spent = done(ann, 3, "withdraw", R"({"cents":400})");
  for (int round = 0; round < 2; ++round) { // refused by now, were it not a repeat
    const auto again = done(ann, 3, "withdraw", R"({"cents":400})");
    CHECK(again.repeated);
    CHECK(again.version == spent.version);
    CHECK(again.events == spent.events);
  }
  core_drive fresh{*this, "ann"};
  CHECK(done(fresh, 2, "deposit", R"({"cents":500})").events == first.events);
  CHECK(events.head()->position == position{4});
  CHECK(
    refused(ann, test::call_of("ann", 3, "withdraw", R"({"cents":1})")).code == errc::duplicate_id);
}

TEST_CASE_FIXTURE(bank_world, "aggregate_core: what is new is read and decided on") {
  open(ann);
  core_drive other{*this, "ann"};
  done(other, 2, "deposit", R"({"cents":500})");
  // ann knows nothing of the deposit: the refusal must not be answered
  CHECK(done(ann, 3, "withdraw", R"({"cents":500})").version == 4);
  // other knows nothing of the withdrawal: its events must not be appended
  CHECK(refused(other, test::call_of("ann", 4, "withdraw", R"({"cents":500})")) ==
        error{errc::refused, "insufficient_funds", 4});
  CHECK(events.head()->position == position{4});
}

TEST_CASE_FIXTURE(bank_world, "aggregate_core: nothing to do is no refusal") {
  open(ann);
  const auto nothing = done(ann, 2, "deposit", R"({"cents":0})");
  CHECK(nothing == dispatched{.version = 2});
}

TEST_CASE_FIXTURE(bank_world, "aggregate_core: malformed commands are errors of the caller") {
  CHECK(refused(ann, test::call_of("ann", 1, "close", "{}")).code == errc::unknown_type);
  CHECK(refused(ann, test::call_of("ann", 1, "open", "[]")).code == errc::invalid_data);
  CHECK(
    refused(ann, test::call_of("ann", 1, "rate", R"({"percent":10})")).code == errc::invalid_data);
}

TEST_CASE_FIXTURE(bank_world, "aggregate_core: decides only on the version that was expected") {
  open(ann);
  auto call = test::call_of("ann", 2, "deposit", R"({"cents":1})");
  call.expected = 1;
  CHECK(refused(ann, call).actual == 2);
  CHECK(refused(ann, call).code == errc::wrong_expected_version);
  core_drive other{*this, "ann"};
  done(other, 3, "deposit", R"({"cents":1})");
  call.expected = 2; // as ann sees it
  CHECK(refused(ann, call).actual == 3);
  call.expected = 3; // as ann does not see it yet
  core_drive third{*this, "ann"};
  CHECK(third.dispatch(call)->version == 4);
  CHECK(ann.dispatch(call)->repeated);
}

TEST_CASE_FIXTURE(bank_world, "aggregate_core: a dry run decides and checks, and appends nothing") {
  open(ann);
  auto call = test::call_of("ann", 2, "deposit", R"({"cents":5})");
  call.dry_run = true;
  const auto tried = ann.dispatch(call);
  REQUIRE(tried);
  CHECK(tried->version == 2);
  CHECK(tried->events.size() == 1);
  CHECK_FALSE(tried->appended);
  CHECK(events.head()->position == position{2});
  call.correlation_id = "\n";
  CHECK(refused(ann, call).code == errc::invalid_correlation_id);
  call.correlation_id = "";
  call.command = "withdraw";
  CHECK(refused(ann, call).code == errc::refused);
}

TEST_CASE_FIXTURE(bank_world, "aggregate_core: an append without an answer is repeated as it is") {
  open(ann);
  ann.lose_answers = 2; // it is written the first time
  const auto outcome = done(ann, 2, "deposit", R"({"cents":500})");
  CHECK(outcome.repeated);
  CHECK(outcome.version == 3);
  CHECK(outcome.events.size() == 1);
  CHECK(ann.waited == aggregate_core::repeat_delay * 3);
  CHECK(events.head()->position == position{3});
  CHECK(done(ann, 3, "withdraw", R"({"cents":500})").version == 4);
}

TEST_CASE_FIXTURE(bank_world, "aggregate_core: after too many lost answers it says so") {
  open(ann);
  ann.lose_answers = aggregate_core::repeats_max + 1;
  const auto call = test::call_of("ann", 2, "deposit", R"({"cents":500})");
  CHECK(refused(ann, call).code == errc::unknown_outcome);
  CHECK(ann.lose_answers == 0);
  CHECK(ann.dispatch(call)->repeated);
  ann.lose_requests = 1; // never written, then there is no room: nobody knows, says the store
  ann.overloaded = 2;
  CHECK(refused(ann, test::call_of("ann", 3, "deposit", R"({"cents":1})")).code ==
        errc::unknown_outcome);
  CHECK(
    refused(ann, test::call_of("ann", 4, "deposit", R"({"cents":1})")).code == errc::overloaded);
}

TEST_CASE_FIXTURE(bank_world, "aggregate_core: what a lagging store lacks is not left out") {
  open(ann);
  const auto first = done(ann, 2, "deposit", R"({"cents":500})");
  core_drive behind{*this, "ann"};
  behind.lags_at = {2};
  const auto call = test::call_of("ann", 2, "deposit", R"({"cents":500})");
  CHECK(refused(behind, call).code == errc::unknown_outcome); // it is there, and cannot be read
  behind.lags_at = {3};
  const auto again = behind.dispatch(call);
  REQUIRE(again);
  CHECK(again->repeated);
  CHECK(again->events == first.events);
}

TEST_CASE_FIXTURE(bank_world, "aggregate_core: gives up when others are always faster") {
  open(ann);
  core_drive other{*this, "ann"};
  std::uint64_t next = 100;
  ann.before_write = [&] { done(other, next++, "deposit", R"({"cents":1})"); };
  CHECK(refused(ann, test::call_of("ann", 2, "deposit", R"({"cents":500})")).code ==
        errc::wrong_expected_version);
  CHECK(next == 100 + aggregate_core::decisions_max);
  ann.before_write = [] {};
  CHECK(done(ann, 2, "deposit", R"({"cents":500})").version == 3 + aggregate_core::decisions_max);
}

TEST_CASE_FIXTURE(bank_world, "aggregate_core: shows its state as of each version") {
  open(ann);
  done(ann, 2, "deposit", R"({"cents":500})");
  done(ann, 3, "withdraw", R"({"cents":100})");
  CHECK(ann.view({"ann", 3})->state_json == R"({"open":true,"balance_cents":500})");
  CHECK(ann.view({"ann", 4})->state_json == R"({"open":true,"balance_cents":400})");
  CHECK(ann.view({"ann", 5}).error().code == errc::not_found);
  CHECK(ann.view({"ann", 0}).error().code == errc::not_found);
  core_drive nobody{*this, "nobody"};
  CHECK(nobody.view({"nobody"}).error().code == errc::not_found);
  core_drive other{*this, "ann"};
  done(other, 4, "deposit", R"({"cents":1})");
  CHECK(ann.view({"ann"})->version == 5);
}

TEST_CASE_FIXTURE(bank_world, "aggregate_core: a snapshot every so many events") {
  ann.core = test::new_core("ann", 4);
  open(ann);
  CHECK_FALSE(ann.core.take_snapshot());
  done(ann, 2, "deposit", R"({"cents":1})");
  done(ann, 3, "deposit", R"({"cents":1})");
  const auto taken = ann.core.take_snapshot();
  REQUIRE(taken);
  CHECK(taken->version == 4);
  CHECK_FALSE(ann.core.take_snapshot());
  core_drive later{*this, "ann"};
  later.core.restore(*taken);
  done(later, 4, "deposit", R"({"cents":1})");
  CHECK(later.events_read == 0);
  CHECK(later.view({"ann"})->state_json == R"({"open":true,"balance_cents":3})");
  CHECK(later.view({"ann", std::nullopt, true})->version == 5);
  CHECK(later.events_read == 5);
  CHECK(later.core.take_snapshot()->version == 5); // whatever stood there is replaced
}

TEST_CASE_FIXTURE(bank_world, "aggregate_core: a snapshot that does not fit is ignored") {
  ann.core = test::new_core("ann", 2);
  open(ann);
  const snapshot good = *ann.core.take_snapshot();
  snapshot of_older_form = good;
  of_older_form.fingerprint ^= 1;
  snapshot of_older_events = good; // known by the form of the state only
  of_older_events.fingerprint = aggregate_type_of<test::bank::account>().state.fingerprint;
  snapshot of_other_history = good;
  of_other_history.history = test::id_of(99);
  snapshot damaged = good;
  damaged.state = R"({"open":true})";
  snapshot ahead = good;
  ahead.version = 7; // such versions were never written
  for (const snapshot& bad : {of_older_form, of_older_events, of_other_history, damaged, ahead}) {
    core_drive later{*this, "ann"};
    later.core.restore(bad);
    const auto outcome = later.dispatch(test::call_of("ann", 1, "open", R"({"x":1})"));
    CHECK(outcome.error().code == errc::invalid_data);
    auto call = test::call_of("ann", 50, "open", R"({"owner":"x","currency":"eur"})");
    CHECK(later.dispatch(call).error() == error{errc::refused, "already_open", 2});
    CHECK(later.events_read == 2);
  }
}

TEST_CASE_FIXTURE(bank_world, "aggregate_core: unknown types only advance the version") {
  open(ann);
  write("account-ann", {.id = test::id_of(70), .type = "audited"});
  CHECK(done(ann, 2, "deposit", R"({"cents":5})").version == 4);
  write("account-ann", {.id = test::id_of(71), .type = "deposited", .schema = 9});
  CHECK(refused(ann, test::call_of("ann", 3, "deposit", R"({"cents":5})")).code ==
        errc::unknown_version);
  CHECK(refused(ann, test::call_of("ann", 3, "deposit", R"({"cents":5})")).code ==
        errc::unknown_version);
  CHECK(ann.core.version() < 5);
}

TEST_CASE("aggregate_core: two on one stream, each command counts once") {
  for (std::uint32_t seed = 1; seed <= 100; ++seed) {
    CAPTURE(seed);
    test::aggregate_race{seed}.run();
  }
}

} // namespace
} // namespace aiex
