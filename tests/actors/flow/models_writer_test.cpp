#include "aiex/actors/flow/models_writer.hpp"
#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/storage/memory_tables.hpp"

#include "support/actor_world.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

namespace aiex {
namespace {

/// A world with a writer, and askers whose answers come later.
struct models_world : test::actor_world {
  memory_tables memory;
  std::shared_ptr<read_models> models = std::make_shared<read_models>(memory.storage());
  std::shared_ptr<snapshots> taken = std::make_shared<snapshots>(memory.storage());
  std::vector<std::string> answers;
  std::vector<errc> failures;

  /// From now on writes end so.
  void break_writes(errc code) {
    ordered_tables tables = memory.storage();
    tables.write = [code](auto...) { return result<void>{fail(code, "as told")}; };
    models = std::make_shared<read_models>(tables);
    taken = std::make_shared<snapshots>(tables);
  }

  caf::actor writer(models_writer_limits most = {}) {
    return system.spawn(models_writer, models, taken, most,
      on_models_failure{[this](const error& why) { failures.push_back(why.code); }});
  }

  void save(const caf::actor& to, projection_save what) {
    auto shared = std::make_shared<const projection_save>(std::move(what));
    system.spawn([this, to, shared](caf::event_based_actor* self) {
      self->request(to, std::chrono::seconds{10}, save_projection_call{shared})
        .then([this](const saved& done) {
          answers.emplace_back(done.outcome ? "ok" : name(done.outcome.error().code));
        });
    });
  }
};

projection_save at(std::string name, std::uint64_t position, std::vector<row_change> rows = {}) {
  return {std::move(name), {.at = {position}}, std::move(rows)};
}

snapshot version(std::uint64_t number) {
  snapshot made;
  made.version = number;
  return made;
}

using strings = std::vector<std::string>;

TEST_CASE_FIXTURE(models_world, "models writer: what waits is saved together") {
  const auto to = writer();
  for (int i = 0; i < 10; ++i)
    save(to, at("p" + std::to_string(i), 7));
  settle();
  CHECK(answers == strings(10, "ok"));
  CHECK(ask<models_writer_statistics>(to, models_writer_statistics_call{}).transactions < 10);
  memory.crash(); // it was synced
  CHECK(read_models{memory.storage()}.names()->size() == 10);
}

TEST_CASE_FIXTURE(models_world, "models writer: one that is refused is refused alone") {
  const auto to = writer();
  projection_save large = at("large", 1);
  large.record.state.assign(limits::projection_state_bytes_max + 1, 'x');
  save(to, at("a", 1));
  save(to, large);
  save(to, at("b", 1));
  settle();
  CHECK(answers == strings{"ok", "state_too_large", "ok"});
  CHECK(models->load("b")->has_value());
}

// A full disk passes; after anything else nobody knows what is durable.
TEST_CASE_FIXTURE(models_world, "models writer: a write that fails is told to who ends the node") {
  break_writes(errc::store_full);
  const auto full = writer();
  save(full, at("a", 1));
  caf::anon_send(full, save_snapshot{"account-1", version(3)});
  settle();
  CHECK(answers == strings{"store_full"});
  CHECK(failures.empty());

  break_writes(errc::io);
  const auto broken = writer();
  save(broken, at("a", 1));
  settle();
  CHECK(answers == strings{"store_full", "io"});
  CHECK(failures == std::vector{errc::io});
  caf::anon_send(broken, save_snapshot{"account-1", version(3)});
  settle();
  caf::anon_send(broken, clean_projection{"a", 2});
  settle();
  CHECK_FALSE(ask<saved>(broken, forget_projection_call{"a"}).outcome.has_value());
  CHECK(failures.size() == 4);
}

TEST_CASE_FIXTURE(models_world, "models writer: more than may wait is refused at once") {
  const auto to = writer({.saves = 0});
  save(to, at("a", 1));
  settle();
  CHECK(answers == strings{"overloaded"});
  const auto none = writer({.snapshots = 0});
  caf::anon_send(none, save_snapshot{"account-1", version(3)});
  settle();
  CHECK(
    ask<models_writer_statistics>(none, models_writer_statistics_call{}).snapshots_dropped == 1);
}

TEST_CASE_FIXTURE(models_world, "models writer: of a stream's snapshots the last is kept") {
  const auto to = writer();
  caf::anon_send(to, save_snapshot{"account-1", version(3)});
  caf::anon_send(to, save_snapshot{"account-1", version(4)});
  settle();
  CHECK(taken->load("account-1")->value().version == 4);
}

TEST_CASE_FIXTURE(models_world, "models writer: snapshots that wait are saved together") {
  const auto to = writer({.transaction_bytes = 100});
  const auto room = std::make_shared<snapshot_gate>();
  for (int i = 0; i < 30; ++i) {
    snapshot made = version(3);
    made.state.assign(10, 'x');
    auto permit = room->enter(made.state.size());
    caf::anon_send(to, save_snapshot{"account-" + std::to_string(i), made, std::move(permit)});
  }
  CHECK(room->bytes() == 300);
  settle();
  CHECK(room->bytes() == 0);
  const auto counted = ask<models_writer_statistics>(to, models_writer_statistics_call{});
  CHECK(counted.snapshots == 30);
  CHECK(counted.snapshot_transactions == 3);
  memory.crash(); // it was synced
  CHECK(snapshots{memory.storage()}.load("account-29")->value().version == 3);
}

TEST_CASE_FIXTURE(models_world, "models writer: forgetting leaves neither record nor rows") {
  const auto to = writer({.rows_cleaned = 2});
  save(to, at("a", 1, {{"1", "x"}, {"2", "x"}, {"3", "x"}, {"4", "x"}, {"5", "x"}}));
  save(to, at("b", 1, {{"1", "x"}}));
  settle();
  CHECK(ask<saved>(to, forget_projection_call{"a"}).outcome.has_value());
  CHECK(!models->load("a")->has_value());
  CHECK(models->row("a", 1, "5").error().code == errc::not_found);
  CHECK(models->row("b", 1, "1") == "x");
}

TEST_CASE_FIXTURE(models_world, "models writer: rows of older generations are dropped") {
  const auto to = writer({.rows_cleaned = 1});
  save(to, at("a", 1, {{"1", "x"}, {"2", "x"}, {"3", "x"}}));
  projection_save newer = at("a", 1, {{"1", "y"}});
  newer.record.generation = 2;
  save(to, newer);
  settle();
  caf::anon_send(to, clean_projection{"a", 2});
  settle();
  CHECK(models->row("a", 1, "3").error().code == errc::not_found);
  CHECK(models->row("a", 2, "1") == "y");
}

} // namespace
} // namespace aiex
