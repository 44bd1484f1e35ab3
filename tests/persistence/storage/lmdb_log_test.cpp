#include "aiex/persistence/state/keys.hpp"
#include "aiex/persistence/storage/lmdb_log.hpp"
#include "aiex/persistence/storage/lmdb_tables.hpp"
#include "aiex/persistence/store/event_store.hpp"

#include "support/flip_run.hpp"
#include "support/store_folder.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

namespace aiex {
namespace {

/// All that the queries answer, as one text; nothing after the first error.
std::optional<std::string> read_all(const event_store& store, query asked) {
  std::string all;
  for (;;) {
    const auto page = store.read(asked, {.events = 7});
    if (!page)
      return std::nullopt;
    for (const recorded_event& event : page->events)
      all += std::to_string(event.position.value) + ' ' + std::string{event.stream} + ' ' +
             std::to_string(event.version) + ' ' + to_string(event.id) + ' ' +
             std::string{event.type} + ' ' + std::string{event.data} + '\n';
    if (!page->rest)
      return all;
    asked = *page->rest;
  }
}

struct store_reading {
  bool has_failed = false; ///< Somewhere.
  std::vector<std::string> answers;
};

/// Opens the folder as it is, to read only, and asks it everything in several ways. What is
/// answered before an error counts, too.
store_reading read_folder(const std::filesystem::path& data) {
  store_reading made;
  const auto log =
    open_lmdb_log({.folder = data / "log", .map_bytes = 256 << 20, .read_only = true});
  const auto state = open_lmdb_tables({.folder = data / "state",
    .names = state_tables::names,
    .map_bytes = 256 << 20,
    .read_only = true});
  if (!log || !state)
    return {true, {}};
  const auto store = event_store::open({log->log, *state, [] { return std::uint64_t{0}; }});
  if (!store)
    return {true, {}};
  const query asked[] = {{}, {.order = direction::descending}, {.stream = "account-1"},
    {.stream = "order-27"}, {.categories = {"order"}}};
  for (const query& each : asked) {
    auto answer = read_all(*store, each);
    made.has_failed = made.has_failed || !answer;
    made.answers.push_back(std::move(answer).value_or("failed"));
  }
  return made;
}

void check_flips(const char* part, std::uint64_t seed) {
  const test::temporary_folder folder;
  const auto data = folder.path() / "data";
  {
    auto store = test::open_store(data);
    REQUIRE(store);
    test::append_events(*store->events(), 1, 40);
    REQUIRE(store->close());
  }
  const store_reading expected = read_folder(data);
  REQUIRE_FALSE(expected.has_failed);
  REQUIRE(expected.answers.front().find("40 account-1 27") != std::string::npos);

  const auto file = data / part / "data.mdb";
  const auto flips = test::random_flips(2'000, std::filesystem::file_size(file), seed);
  const auto counts = test::run_flips(file, flips, [&] {
    const store_reading seen = read_folder(data);
    for (std::size_t i = 0; i < seen.answers.size(); ++i)
      if (seen.answers[i] != "failed" && seen.answers[i] != expected.answers[i])
        return test::flip_end::wrong;
    return seen.has_failed ? test::flip_end::found : test::flip_end::unnoticed;
  });
  for (const test::flip& each : counts.bad)
    MESSAGE("byte ", each.at, ", page ", each.at / 4096, " + ", each.at % 4096, ", mask ",
      static_cast<int>(each.mask));
  CHECK(counts.wrong == 0);
  CHECK(counts.threw == 0); // damage is no bug
  CHECK(counts.found > 100);
  CHECK(counts.unnoticed > 100); // bytes that nobody reads: old pages, what is free in a page
  CHECK(counts.died < 20);
}

// The log may lie on a disk that forgets: never is anything answered that was not written.
TEST_CASE("lmdb log: whichever bit flips, what is read is right, or an error") {
  check_flips("log", 1);
}

} // namespace
} // namespace aiex
