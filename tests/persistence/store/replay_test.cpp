#include "aiex/persistence/store/replay.hpp"

#include "support/sample_events.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

namespace aiex {
namespace {

using test::at_us;
using test::id_of;
using test::one;

/// Events 1 to 600, more than two pages, to two streams by turns; every third is a "third".
class filled_store {
public:
  filled_store() {
    auto opened = event_store::open(media_.media());
    REQUIRE(opened);
    store_.emplace(std::move(*opened));
    for (std::uint64_t i = 1; i <= 600; ++i)
      append(i);
  }

  void append(std::uint64_t i) {
    const append_request request = one(
      i % 2 == 0 ? "even-1" : "odd-1", {.id = id_of(i), .type = i % 3 == 0 ? "third" : "other"});
    const append_request* const all[] = {&request};
    REQUIRE(store_->append(all, at_us(1)).front());
  }
  const event_store& events() const { return *store_; }
  void flip_bit(std::uint64_t entry) { media_.log.flip_bit(entry, 400); }

private:
  test::memory_media media_;
  std::optional<event_store> store_;
};

TEST_CASE("replay: hands over what matches, in order, flagged, and counts it") {
  const filled_store store;
  struct example {
    const char* name;
    query asked;
    std::uint64_t first, last, step, count;
  };
  const example table[] = {
    {"everything", {}, 1, 600, 1, 600},
    {"a type", {.types = {"third"}}, 3, 600, 3, 200},
    {"a stream", {.stream = "even-1"}, 2, 600, 2, 300},
    {"a range", {.after = {300}, .up_to = {310}}, 301, 310, 1, 10},
    {"with a limit", {.after = {10}, .limit = 3}, 11, 13, 1, 3},
    {"nothing", {.types = {"never"}}, 1, 0, 1, 0},
  };
  for (const example& row : table) {
    CAPTURE(row.name);
    std::vector<std::uint64_t> expected;
    for (std::uint64_t i = row.first; i <= row.last; i += row.step)
      expected.push_back(i);
    std::vector<std::uint64_t> heard;
    const auto count = replay(
      store.events(), row.asked, [&](const recorded_event& event, occasion why) -> result<void> {
        CHECK(why == occasion::replay);
        heard.push_back(event.position.value);
        return {};
      });
    CHECK(count == row.count);
    CHECK(heard == expected);
  }
}

TEST_CASE("replay: what its handler appends is not part of it") {
  filled_store store;
  std::uint64_t next = 600;
  const auto count =
    replay(store.events(), {.after = {590}}, [&](const recorded_event&, occasion) -> result<void> {
      store.append(++next);
      return {};
    });
  CHECK(count == 10);
  CHECK(store.events().head()->position == position{610});
}

TEST_CASE("replay: an error of the handler or of the log ends it, and is the answer") {
  filled_store store;
  std::uint64_t handed = 0;
  const auto refused =
    replay(store.events(), {}, [&](const recorded_event& event, occasion) -> result<void> {
      ++handed;
      if (event.position.value == 400)
        return fail(errc::invalid_data, "not what was expected");
      return {};
    });
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::invalid_data);
  CHECK(handed == 400);

  store.flip_bit(550);
  handed = 0;
  const auto damaged = replay(store.events(), {}, [&](const recorded_event&, occasion) {
    ++handed;
    return result<void>{};
  });
  REQUIRE_FALSE(damaged);
  CHECK(damaged.error().code == errc::corrupt);
  CHECK(handed < 550);
}

TEST_CASE("replay: in reverse it begins with the latest, which can be asked for alone") {
  const filled_store store;
  std::uint64_t last = 601;
  CHECK(replay(store.events(), {.order = direction::descending},
          [&](const recorded_event& event, occasion) -> result<void> {
            CHECK(event.position.value == --last);
            return {};
          }) == 600);
  const auto latest = [&](query asked) {
    const auto found = store.events().latest(std::move(asked));
    REQUIRE(found);
    return found->empty() ? 0 : (*found)[0].position.value;
  };
  CHECK(latest({}) == 600);
  CHECK(latest({.stream = "odd-1"}) == 599);
  CHECK(latest({.stream = "odd-1", .types = {"third"}}) == 597);
  CHECK(latest({.up_to = {17}, .types = {"third"}, .limit = 9}) == 15);
  CHECK(latest({.type_prefixes = {"never"}}) == 0);
}

} // namespace
} // namespace aiex
