#include "aiex/persistence/storage/memory_tables.hpp"

#include "code_assistant/catch_up.hpp"
#include "support/bank.hpp"
#include "support/sample_events.hpp"

#include <doctest/doctest.h>

namespace aiex::code_assistant {
namespace {

using namespace test::bank;

struct bank_world {
  test::memory_media media;
  memory_tables tables;
  read_models models{tables.storage()};
  event_store store = std::move(*event_store::open(media.media()));
  std::uint64_t ids = 0;

  void deposit_cents(const std::string& stream, std::int64_t cents) {
    const auto stored = encode(deposited{cents, "", false});
    const auto request =
      test::one(stream, {.id = test::id_of(++ids), .type = stored->type, .data = stored->data});
    const append_request* const all[] = {&request};
    REQUIRE(store.append(all, test::at_us(static_cast<std::int64_t>(ids))).front());
  }
};

TEST_CASE_FIXTURE(bank_world, "catch_up: goes on where it was, over many pages") {
  for (int i = 0; i < 600; ++i)
    deposit_cents("account-" + std::to_string(i % 7), 2);
  const auto type = projection_type_of<totals>();
  CHECK(catch_up(type, store, models)->state == R"({"cents":1200})");
  deposit_cents("account-1", 5);
  deposit_cents("other-1", 100); // another category
  const auto again = catch_up(type, store, models);
  CHECK(again->state == R"({"cents":1205})");
  CHECK(again->at == position{601});
  CHECK(catch_up(type, store, models)->state == R"({"cents":1205})");
}

TEST_CASE_FIXTURE(bank_world, "catch_up: rows are saved with the state") {
  deposit_cents("account-a", 1);
  deposit_cents("account-a", 1);
  deposit_cents("account-b", 1);
  const auto counted = catch_up(projection_type_of<movements>(), store, models);
  REQUIRE(counted);
  CHECK(counted->state == R"({"streams":2})");
  CHECK(models.row("movements", counted->generation, "account-a") == R"({"count":2})");
}

TEST_CASE_FIXTURE(bank_world, "catch_up: a state of another form begins anew") {
  deposit_cents("account-a", 1);
  auto type = projection_type_of<movements>();
  REQUIRE(catch_up(type, store, models));
  type.state.fingerprint += 1;
  const auto anew = catch_up(type, store, models);
  REQUIRE(anew);
  CHECK(anew->generation == 2);
  CHECK(anew->state == R"({"streams":1})");
  CHECK(models.row("movements", 2, "account-a") == R"({"count":1})");
}

TEST_CASE_FIXTURE(
  bank_world, "catch_up: what cannot be handled is an error, and nothing of it counts") {
  deposit_cents("account-a", 1);
  const auto request = test::one(
    "account-a", {.id = test::id_of(++ids), .type = "deposited", .data = R"({"cents":"1"})"});
  const append_request* const all[] = {&request};
  REQUIRE(store.append(all, test::at_us(9)).front());
  const auto counted = catch_up(projection_type_of<totals>(), store, models);
  REQUIRE_FALSE(counted);
  CHECK(counted.error().code == errc::invalid_data);
  CHECK_FALSE(models.load("totals")->has_value());
}

} // namespace
} // namespace aiex::code_assistant
