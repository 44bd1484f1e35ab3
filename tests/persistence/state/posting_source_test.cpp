#include "aiex/persistence/state/posting_source.hpp"

#include "support/sample_events.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace aiex {
namespace {

/// Looks on while tables are read, and counts the rows.
struct counting_reader {
  const table_reader& inner;
  std::uint64_t& rows;

  static counting_reader& of(void* self) { return *static_cast<counting_reader*>(self); }
  static std::optional<std::string_view> get(void* self, table_id table, std::string_view key) {
    ++of(self).rows;
    return of(self).inner.get(table, key);
  }
  static void scan(
    void* self, table_id table, std::string_view from, direction order, table_reader::visit each) {
    of(self).inner.scan(table, from, order, [&](std::string_view key, std::string_view value) {
      ++of(self).rows;
      return each(key, value);
    });
  }
  static std::uint64_t count(void* self, table_id table) { return of(self).inner.count(table); }
  static constexpr table_reader::functions functions{get, scan, count};
};

/// A long stream with others in between: of three positions the second is its.
struct long_stream {
  static constexpr std::uint64_t versions = 3'000;

  test::memory_media media;
  std::uint64_t rows = 0; ///< Read since somebody set it to 0.
  event_store store = std::move(*event_store::open(counted()));

  long_stream() {
    for (std::uint64_t i = 0; i < versions; ++i) {
      std::vector<append_request> all;
      for (std::uint64_t k = 1; k <= 3; ++k)
        all.push_back(test::one(k == 2 ? "long-1" : "other-" + std::to_string(k),
          {.id = test::id_of(3 * i + k), .type = "counted"}));
      const append_request* const group[] = {&all[0], &all[1], &all[2]};
      for (const auto& done : store.append(group, test::at_us(1'000)))
        REQUIRE(done);
    }
  }

  store_media counted() {
    store_media all = media.media();
    all.state.read = [this, inner = all.state.read](function_ref<void(const table_reader&)> use) {
      return inner([&](const table_reader& tables) {
        counting_reader looking{tables, rows};
        use(table_reader{&looking, counting_reader::functions});
      });
    };
    return all;
  }

  std::vector<std::uint64_t> versions_of(const query& asked) {
    std::vector<std::uint64_t> found;
    const auto page = store.read(asked);
    REQUIRE(page);
    for (const recorded_event& each : page->events)
      found.push_back(each.version);
    return found;
  }
};

TEST_CASE_FIXTURE(
  long_stream, "posting_source: a page far behind in a stream costs what any does") {
  query page{.stream = "long-1", .limit = 30};
  rows = 0;
  std::uint64_t count = 0;
  std::size_t pages = 0;
  for (;; ++pages) {
    const auto read = store.read(page);
    REQUIRE(read);
    if (read->events.empty())
      break;
    for (const recorded_event& each : read->events)
      CHECK(each.version == ++count);
    page.after = {3 * count - 1}; // by position only, as a subscription asks
  }
  CHECK(count == versions);
  CHECK(pages == 100);
  CHECK(rows < 150 * pages);
}

TEST_CASE_FIXTURE(long_stream, "posting_source: bounds by position are those by version") {
  using numbers = std::vector<std::uint64_t>;
  struct example {
    const char* name;
    query asked;
    numbers expected;
  };
  const query stream{.stream = "long-1"};
  const auto between = [&](std::uint64_t after, std::uint64_t up_to) {
    query asked = stream;
    asked.after = {after};
    asked.up_to = {up_to};
    return asked;
  };
  query descending = between(4, 14);
  descending.order = direction::descending;
  query versions_too = between(4, 14);
  versions_too.from_version = 4;
  query from_nothing = between(0, 2);
  from_nothing.from_version = 0;
  const example table[] = {
    {"from on an event to on an event", between(2, 8), {2, 3}},
    {"between events", between(3, 7), {2}},
    {"before the first", between(0, 1), {}},
    {"up to the first", from_nothing, {1}},
    {"none between two", between(2, 4), {}},
    {"the last", between(8'997, 9'000), {3'000}},
    {"behind the last", between(8'999, 9'000), {}},
    {"far behind", between(100'000, 200'000), {}},
    {"empty", between(8, 2), {}},
    {"descending", descending, {5, 4, 3, 2}},
    {"with versions", versions_too, {4, 5}},
  };
  for (const example& row : table) {
    CAPTURE(row.name);
    CHECK(versions_of(row.asked) == row.expected);
  }
}

} // namespace
} // namespace aiex
