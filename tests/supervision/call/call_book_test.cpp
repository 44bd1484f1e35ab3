#include "aiex/supervision/call/call_book.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using time_point = call_book::time_point;

constexpr call_book::target store = 1;
constexpr call_book::target bus = 2;

time_point at(std::chrono::milliseconds since) {
  return time_point{since};
}
call_waiting waiting(std::uint64_t number) {
  return {{}, caf::make_message_id(number)};
}
std::vector<std::uint64_t> numbers(const std::vector<call_waiting>& calls) {
  std::vector<std::uint64_t> all;
  for (const call_waiting& each : calls)
    all.push_back(each.answer.integer_value() ^ caf::make_message_id(0).integer_value());
  return all;
}
using list = std::vector<std::uint64_t>;

TEST_CASE("call_book: the end of a target closes its calls, in their order, and no others") {
  call_book book{10};
  book.open(store, waiting(1), at(5s));
  book.open(bus, waiting(2), at(5s));
  const auto answered = book.open(store, waiting(3), at(1s));
  book.open(store, waiting(4), at(3s));
  book.strike_out(answered->id);
  CHECK(numbers(book.target_ended(store)) == list{1, 4});
  CHECK(book.size() == 1);
  CHECK(numbers(book.target_ended(store)).empty());
  CHECK(numbers(book.due(at(1s), at(9s)).calls) == list{2});
}

// It is watched by one attachment, however often it is called.
TEST_CASE("call_book: a target is new once, and again when it has ended") {
  call_book book{10};
  CHECK(book.open(store, waiting(1), at(5s))->is_new_target);
  book.strike_out(book.open(store, waiting(2), at(5s))->id);
  CHECK_FALSE(book.open(store, waiting(3), at(5s))->is_new_target);
  book.target_ended(store);
  CHECK(book.open(store, waiting(4), at(5s))->is_new_target);
}

TEST_CASE("call_book: who is late is told once, by the first look that comes in time") {
  call_book book{10};
  CHECK(book.open(store, waiting(1), at(30s))->is_due_first);
  CHECK_FALSE(book.open(store, waiting(2), at(30s))->is_due_first);
  CHECK(book.open(store, waiting(3), at(5s))->is_due_first);
  const auto first = book.due(at(5s), at(5s));
  CHECK(numbers(first.calls) == list{3});
  CHECK_FALSE(first.again); // the look at 30 s is still to come
  CHECK(numbers(book.due(at(30s), at(30s)).calls) == list{1, 2});
  CHECK_FALSE(book.due(at(30s), at(30s)).again);
}

TEST_CASE("call_book: what was struck out leaves the look where it was, then it moves on") {
  call_book book{10};
  const auto first = book.open(store, waiting(1), at(5s));
  book.open(store, waiting(2), at(9s));
  book.strike_out(first->id);
  const auto look = book.due(at(5s), at(5s));
  CHECK(numbers(look.calls).empty());
  CHECK(look.again == at(9s));
}

// Each look is an entry of CAF's clock that stays until it comes.
TEST_CASE("call_book: short calls beside a long one set no far look again") {
  call_book book{10};
  CHECK(book.open(store, waiting(1), at(1h))->is_due_first);
  std::vector<time_point> looks{at(1h)};
  for (auto now = 0ms; now < 1min; now += 1ms) {
    if (looks.back() == at(now)) {
      looks.pop_back();
      if (const auto again = book.due(at(now), at(now)).again)
        looks.push_back(*again);
    }
    const auto each = book.open(bus, waiting(2), at(now + 100ms));
    if (each->is_due_first)
      looks.push_back(at(now + 100ms));
    REQUIRE(looks.size() <= 2); // that of the long one, and the next
    book.strike_out(each->id);
  }
  CHECK(numbers(book.due(at(1h), at(1h)).calls) == list{1});
}

TEST_CASE("call_book: a call is closed once, its place belongs to another then") {
  call_book book{1};
  const auto first = book.open(store, waiting(1), at(5s));
  CHECK_FALSE(book.open(store, waiting(2), at(5s)));
  book.strike_out(first->id);
  const auto second = book.open(store, waiting(3), at(5s));
  REQUIRE(second);
  book.strike_out(first->id);
  CHECK(book.size() == 1);
  CHECK(numbers(book.target_ended(store)) == list{3});
}

/// The same, as slow and as plain as can be.
struct plain_book {
  struct call {
    std::uint64_t number;
    call_book::target to;
    time_point due;
    call_book::call_id id;
  };
  std::vector<call> open;

  template <class Which>
  list close(Which which) {
    list closed;
    for (const call& each : open)
      if (which(each))
        closed.push_back(each.number);
    std::erase_if(open, which);
    return closed;
  }
};

TEST_CASE("call_book: closes the same calls as a plain list, whatever happens") {
  const bool holds = rc::check("call_book against a list", [] {
    call_book book{8};
    plain_book plain;
    time_point now{};
    std::set<time_point> looks;
    std::uint64_t number = 0;
    for (const auto& step : *rc::gen::container<std::vector<std::pair<int, int>>>(
           rc::gen::pair(rc::gen::inRange(0, 6), rc::gen::inRange(0, 20)))) {
      const auto& [what, which] = step;
      if (what <= 2) {
        const auto target = static_cast<call_book::target>(which % 3);
        const time_point due = now + std::chrono::seconds{1 + which % 5};
        const auto opened = book.open(target, waiting(++number), due);
        RC_ASSERT(opened.has_value() == (plain.open.size() < 8));
        if (opened)
          plain.open.push_back({number, target, due, opened->id});
        if (opened && opened->is_due_first)
          RC_ASSERT(looks.insert(due).second);
      } else if (what == 3 && !plain.open.empty()) {
        const auto id = plain.open[static_cast<std::size_t>(which) % plain.open.size()].id;
        book.strike_out(id);
        book.strike_out(id);
        plain.close([&](const auto& each) { return each.id == id; });
      } else if (what == 4) {
        const auto target = static_cast<call_book::target>(which % 3);
        RC_ASSERT(numbers(book.target_ended(target)) ==
                  plain.close([&](const auto& each) { return each.to == target; }));
      } else if (!looks.empty()) {
        now = std::max(now, *looks.begin());
        const auto late = book.due(looks.extract(looks.begin()).value(), now);
        list closed = numbers(late.calls);
        std::sort(closed.begin(), closed.end());
        RC_ASSERT(closed == plain.close([&](const auto& each) { return each.due <= now; }));
        if (late.again)
          RC_ASSERT(looks.insert(*late.again).second);
      }
      RC_ASSERT(book.size() == plain.open.size());
      for (const auto& each : plain.open) // looked for no later than due
        RC_ASSERT(!looks.empty() && *looks.begin() <= each.due);
    }
  });
  CHECK(holds);
}

} // namespace
} // namespace aiex
