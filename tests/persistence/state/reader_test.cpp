#include "aiex/persistence/state/reader.hpp"

#include "support/sample_events.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace aiex {
namespace {

using test::at_us;
using test::id_of;

/// Three hundred events of six streams, three types, some tagged, some correlated, some large
/// enough to be compressed, written seven at a time.
class sample_log {
public:
  sample_log() {
    auto opened = event_store::open(media_.media());
    REQUIRE(opened);
    store_.emplace(std::move(*opened));
    std::vector<append_request> all;
    for (std::uint64_t i = 1; i <= count; ++i)
      all.push_back(request(i));
    for (std::size_t i = 0; i < all.size(); i += 7) {
      std::vector<const append_request*> group;
      for (std::size_t k = i; k < std::min(all.size(), i + 7); ++k)
        group.push_back(&all[k]);
      for (const auto& answer : store_->append(group, at_us(static_cast<std::int64_t>(1'000 + i))))
        REQUIRE(answer);
    }
    for (std::optional<query> next = query{.system = true}; next;) {
      auto page = store_->read(*next);
      REQUIRE(page);
      for (const recorded_event& each : page->events)
        naive.add(each);
      next = std::move(page->rest);
    }
    REQUIRE(naive.size() == count);
  }

  static constexpr std::uint64_t count = 300;

  /// Page by page, until there is no rest.
  std::vector<std::pair<std::uint64_t, std::string>> read(query asked, page_limits limits) const {
    std::vector<std::pair<std::uint64_t, std::string>> found;
    for (std::optional<query> next = std::move(asked); next;) {
      auto page = store_->read(*next, limits);
      REQUIRE(page);
      CHECK(page->events.size() <= limits.events);
      for (const recorded_event& each : page->events)
        found.emplace_back(each.position.value, std::string{each.data});
      next = std::move(page->rest);
    }
    return found;
  }

  const event_store& store() const { return *store_; }
  event_batch naive;

private:
  static append_request request(std::uint64_t i) {
    event each{.id = id_of(i), .type = "t" + std::to_string(i % 3)};
    each.data = "{\"n\":" + std::to_string(i) + ",\"pad\":\"" +
                std::string(i % 7 == 0 ? 900 : 5, 'x') + "\"}";
    if (i % 5 == 0)
      each.tags = {"five", "x"};
    if (i % 4 == 0)
      each.correlation_id = to_string(id_of(i - 1));
    const char* category = i % 50 == 0 ? "$hidden-" : i % 10 == 0 ? "order-" : "account-";
    auto made = test::one(category + std::to_string(i % 6), std::move(each));
    made.system = true;
    return made;
  }

  test::memory_media media_;
  std::optional<event_store> store_;
};

query random_query() {
  const auto coin = [](int n) { return *rc::gen::inRange(0, n) == 0; };
  const auto number = [](int n) { return static_cast<std::uint64_t>(*rc::gen::inRange(0, n)); };
  const auto name = [&](const char* prefix, int n) { return prefix + std::to_string(number(n)); };
  query asked;
  if (coin(3))
    asked.stream = coin(5) ? name("$hidden-", 6) : name("account-", 7);
  if (asked.stream && coin(2))
    asked.from_version = number(20);
  if (asked.stream && coin(2))
    asked.to_version = number(60);
  for (std::uint64_t i = number(3); i > 0; --i)
    asked.types.push_back(name("t", 4));
  if (coin(6))
    asked.type_prefixes.emplace_back(coin(2) ? "t1" : "t");
  if (coin(4))
    asked.tags.emplace_back(coin(2) ? "five" : "x");
  if (coin(8))
    asked.tags.emplace_back("five");
  for (std::uint64_t i = number(3); i > 0 && coin(2); --i)
    asked.categories.emplace_back(coin(3) ? "order" : coin(2) ? "account" : "$hidden");
  if (coin(4))
    asked.since = at_us(static_cast<std::int64_t>(990 + number(340)));
  if (coin(4))
    asked.until = at_us(static_cast<std::int64_t>(990 + number(340)));
  if (coin(5))
    asked.correlation_id = to_string(id_of(number(300)));
  if (coin(4))
    asked.after.value = number(300);
  if (coin(4))
    asked.up_to.value = number(310);
  if (coin(4))
    asked.limit = number(12);
  if (coin(2))
    asked.order = direction::descending;
  asked.system = coin(4);
  return asked;
}

/// What the conditions of a query mean, one behind the other: shares nothing with the reader.
bool is_wanted(const query& asked, const recorded_event& each) {
  const auto has = [](const auto& names, std::string_view name) {
    for (const auto& one : names)
      if (one == name)
        return true;
    return false;
  };
  if (each.position.value <= asked.after.value || each.position.value > asked.up_to.value)
    return false;
  if (asked.since && each.recorded_at < *asked.since)
    return false;
  if (asked.until && *asked.until < each.recorded_at)
    return false;
  if (asked.correlation_id && each.correlation_id != *asked.correlation_id)
    return false;
  bool is_type = asked.types.empty() && asked.type_prefixes.empty();
  is_type = is_type || has(asked.types, each.type);
  for (const std::string& prefix : asked.type_prefixes)
    is_type = is_type || each.type.substr(0, prefix.size()) == prefix;
  if (!is_type)
    return false;
  for (const std::string& tag : asked.tags)
    if (!has(each.tags, tag))
      return false;
  const std::string stream{each.stream};
  if (!asked.categories.empty() && !has(asked.categories, stream.substr(0, stream.find('-'))))
    return false;
  if (asked.stream)
    return stream == *asked.stream && each.version >= asked.from_version &&
           each.version <= asked.to_version;
  return asked.system || !asked.categories.empty() || stream[0] != '$';
}

// Every filter, together, in both directions, in pages of any size: what a naive filter answers.
TEST_CASE("reader: random queries agree with a naive filter") {
  const sample_log log;
  CHECK(rc::check("filters", [&] {
    for (int round = 0; round < 20; ++round) {
      const query asked = random_query();
      std::vector<std::pair<std::uint64_t, std::string>> expected;
      for (const recorded_event& each : log.naive)
        if (is_wanted(asked, each))
          expected.emplace_back(each.position.value, std::string{each.data});
      for (const recorded_event& each : log.naive)
        RC_ASSERT(matches(asked, each) == is_wanted(asked, each));
      if (asked.order == direction::descending)
        std::reverse(expected.begin(), expected.end());
      if (asked.limit && expected.size() > *asked.limit)
        expected.resize(*asked.limit);
      const auto events = static_cast<std::size_t>(*rc::gen::inRange(1, 9));
      RC_ASSERT(log.read(asked, {.events = events, .examined = 2 * events}) == expected);
      RC_ASSERT(log.store().count(asked) == expected.size());
    }
  }));
}

TEST_CASE("reader: a page ends at each of its limits") {
  const sample_log log;
  const auto events = log.store().read({}, {.events = 3});
  REQUIRE(events);
  CHECK(events->events.size() == 3);
  CHECK(events->rest);
  const auto bytes = log.store().read({}, {.bytes = 200});
  REQUIRE(bytes);
  CHECK(bytes->events.size() < 5);
  CHECK(bytes->rest);
  query rare;
  rare.type_prefixes = {"none"};
  const auto examined = log.store().read(rare, {.examined = 10});
  REQUIRE(examined);
  CHECK(examined->events.empty());
  CHECK(examined->rest);
}

TEST_CASE("reader: an unknown stream is an empty list, an unknown id is not found") {
  const sample_log log;
  const auto none = log.store().read({.stream = "never"});
  REQUIRE(none);
  CHECK(none->events.empty());
  CHECK_FALSE(none->rest);
  CHECK(log.store().event(id_of(999)).error().code == errc::not_found);
  const auto found = log.store().event(id_of(42));
  REQUIRE(found);
  CHECK((*found)[0].position == position{42});
}

// A log that has lost an entry, or has another in its place, as damage in LMDB's pages may make it.
TEST_CASE("reader: an entry that is not where it belongs is corrupt, in either order") {
  const sample_log log;
  const store_media& media = log.store().media();
  for (const bool is_lost : {true, false})
    for (const direction order : {direction::ascending, direction::descending})
      for (const bool is_by_stream : {false, true}) {
        CAPTURE(is_lost);
        CAPTURE(is_by_stream);
        log_storage broken = media.log;
        broken.read = [&](std::uint64_t from, direction to, log_storage::visit each) {
          return media.log.read(from, to, [&](const log_record& record) {
            if (record.index != 20)
              return each(record);
            if (is_lost)
              return true;
            bool goes_on = true;
            REQUIRE(media.log.read(21, direction::ascending, [&](const log_record& other) {
              goes_on = each({20, other.bytes});
              return false;
            }));
            return goes_on;
          });
        };
        query asked{.order = order};
        if (is_by_stream)
          asked.stream = log.naive[0].stream;
        std::optional<error> failure;
        std::size_t pages = 0;
        REQUIRE(media.state.read([&](const table_reader& tables) {
          for (std::optional<query> next = asked; next && !failure && pages < 400; ++pages) {
            auto page = read_page(tables, broken, *next, {.events = 5});
            if (page)
              next = std::move(page->rest);
            else
              failure = page.error();
          }
        }));
        REQUIRE(failure);
        CHECK(failure->code == errc::corrupt);
      }
}

} // namespace
} // namespace aiex
