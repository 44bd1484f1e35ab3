#include "aiex/actors/flow/live_table.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace aiex {
namespace {

using names = std::vector<std::string>;
using tickets = std::vector<call_ticket>;

TEST_CASE("live_table: the first call starts it, what comes meanwhile waits, then all go there") {
  live_table table{{}};
  CHECK_FALSE(table.forward("account-1"));
  CHECK(table.wait("account-1", 1).start == names{"account-1"});
  CHECK(table.wait("account-1", 2).start.empty());
  CHECK(table.waiting() == 2);
  CHECK(table.on_started("account-1").forward == tickets{1, 2});
  CHECK(table.waiting() == 0);
  CHECK(table.forward("account-1"));
  CHECK(table.live() == 1);
}

TEST_CASE("live_table: one that cannot start refuses those who wait, and is forgotten") {
  live_table table{{}};
  table.wait("account-1", 1);
  table.wait("account-1", 2);
  CHECK(table.on_not_started("account-1").refuse == tickets{1, 2});
  CHECK(table.live() == 0);
  CHECK(table.wait("account-1", 3).start == names{"account-1"});
}

TEST_CASE("live_table: idle ones stop only if they have handled all that was forwarded") {
  live_table table{{}};
  table.wait("account-1", 1);
  table.on_started("account-1");
  CHECK(table.forward("account-1"));
  CHECK(table.on_idle("account-1", 1).retire.empty()); // the second call is on its way
  CHECK(table.on_idle("account-1", 2).retire == names{"account-1"});
  CHECK_FALSE(table.forward("account-1"));
  CHECK(table.wait("account-1", 2).start.empty()); // not beside the one that stops
  CHECK(table.on_down("account-1", false).start == names{"account-1"});
  CHECK(table.on_started("account-1").forward == tickets{2});
  CHECK(table.on_idle("account-1", 1).retire == names{"account-1"});
  CHECK(table.on_down("account-1", false).start.empty());
  CHECK(table.live() == 0);
}

TEST_CASE("live_table: one that crashed waits for its supervisor, or for the next call") {
  live_table table{{}};
  table.wait("account-1", 1);
  table.on_started("account-1");
  CHECK(table.on_down("account-1", false).start.empty());
  CHECK(table.live() == 0);

  table.wait("session-1", 2);
  table.on_started("session-1");
  table.forward("session-1");
  CHECK(table.on_down("session-1", true).start.empty());
  CHECK(table.live() == 1); // its place is kept
  CHECK(table.wait("session-1", 3).start.empty());
  CHECK(table.on_started("session-1").forward == tickets{3});
  CHECK(table.on_idle("session-1", 1).retire == names{"session-1"}); // counts from its start
}

TEST_CASE("live_table: a successor that is heard of before its predecessor's end takes its place") {
  live_table table{{}};
  table.wait("session-1", 1);
  table.on_started("session-1");
  table.forward("session-1");
  CHECK(table.on_started("session-1").forward.empty());
  CHECK(table.live() == 1);
  CHECK(table.on_idle("session-1", 0).retire == names{"session-1"});
}

TEST_CASE("live_table: when all places are taken, the least recently used makes room") {
  live_table table{{.live = 2}};
  for (const char* name : {"a", "b"}) {
    table.wait(name, 0);
    table.on_started(name);
  }
  table.forward("a");
  const auto full = table.wait("c", 1);
  CHECK(full.start.empty());
  CHECK(full.report == names{"b"});
  CHECK(table.wait("c", 2).report.empty()); // one place is wanted, one was asked
  CHECK(table.forward("b"));                // it lives on until it is idle
  CHECK(table.on_idle("b", 1).retire.empty());
  CHECK(table.on_idle("b", 2).retire == names{"b"});
  CHECK(table.on_down("b", false).start == names{"c"});
  CHECK(table.on_started("c").forward == tickets{1, 2});
  CHECK(table.live() == 2);
}

TEST_CASE("live_table: too many calls that wait are refused") {
  live_table table{{.live = 10, .waiting = 3, .waiting_per_aggregate = 2}};
  CHECK(table.wait("a", 1).refuse.empty());
  CHECK(table.wait("a", 2).refuse.empty());
  CHECK(table.wait("a", 3).refuse == tickets{3}); // of one aggregate
  CHECK(table.wait("b", 4).refuse.empty());
  CHECK(table.wait("c", 5).refuse == tickets{5}); // of all
  CHECK(table.live() == 2);                       // a refused call starts nothing
}

/// Aggregates that handle their calls whenever chance says so, and the messages between them and
/// the table: in order from one sender, but of different senders in any order.
class world {
public:
  explicit world(std::uint64_t seed) : has_timers_(seed % 2 == 0), chance_(seed) {}

  void step() {
    switch (pick(4)) {
    case 0: return call();
    case 1: return handle_one();
    case 2: return deliver_one();
    default: return idle_timer();
    }
  }

  void check() {
    CHECK(table_.live() <= most.live);
    CHECK(table_.waiting() <= most.waiting);
  }

  /// Until nothing is left to do.
  void settle() {
    for (bool moved = true; moved;) {
      moved = false;
      for (auto& [name, one] : alive_)
        while (one.mailbox > 0) {
          handle(name, one);
          moved = true;
        }
      while (!notes_.empty()) {
        deliver_one();
        moved = true;
      }
    }
  }

  std::set<call_ticket> answered, refused;
  call_ticket calls = 0;

private:
  static constexpr live_table::limits most{.live = 3, .waiting = 12, .waiting_per_aggregate = 4};
  struct aggregate {
    std::size_t mailbox = 0;
    std::uint64_t handled = 0;
    bool is_asked = false;
    bool is_retired = false;
  };
  struct note {
    enum { started, idle, down } what;
    std::string name;
    std::uint64_t handled = 0;
  };

  std::size_t pick(std::size_t count) { return chance_() % count; }

  void call() {
    const std::string name(1, static_cast<char>('a' + pick(8)));
    const call_ticket ticket = ++calls;
    waiting_[ticket] = name;
    table_.forward(name) ? send(ticket) : obey(table_.wait(name, ticket));
  }

  void send(call_ticket ticket) {
    aggregate& to = alive_.at(waiting_.at(ticket));
    CHECK_FALSE(to.is_retired); // the call would be lost
    ++to.mailbox;
    CHECK(answered.insert(ticket).second);
  }

  void handle(const std::string& name, aggregate& one) {
    --one.mailbox;
    ++one.handled;
    if (one.is_asked && one.mailbox == 0)
      notes_.push_back({note::idle, name, one.handled});
  }

  void handle_one() {
    if (alive_.empty())
      return;
    auto one = std::next(alive_.begin(), static_cast<std::ptrdiff_t>(pick(alive_.size())));
    if (one->second.mailbox > 0)
      handle(one->first, one->second);
  }

  void idle_timer() {
    for (auto& [name, one] : alive_)
      if (has_timers_ && one.mailbox == 0 && pick(4) == 0)
        notes_.push_back({note::idle, name, one.handled});
  }

  void deliver_one() {
    if (notes_.empty())
      return;
    // of the notes of one sender the first is delivered first
    const note any = notes_[pick(notes_.size())];
    const auto first = std::find_if(
      notes_.begin(), notes_.end(), [&](const note& each) { return each.name == any.name; });
    const note next = *first;
    notes_.erase(first);
    switch (next.what) {
    case note::started: return obey(table_.on_started(next.name));
    case note::idle: return obey(table_.on_idle(next.name, next.handled));
    case note::down: return obey(table_.on_down(next.name, false));
    }
  }

  void obey(const live_table::orders& orders) {
    for (const std::string& name : orders.retire) {
      aggregate& one = alive_.at(name);
      CHECK(one.mailbox == 0);
      alive_.erase(name);
      notes_.push_back({note::down, name});
    }
    for (const std::string& name : orders.report) {
      aggregate& one = alive_.at(name);
      one.is_asked = true;
      if (one.mailbox == 0)
        notes_.push_back({note::idle, name, one.handled});
    }
    for (const std::string& name : orders.start) {
      CHECK(alive_.emplace(name, aggregate{}).second); // never two of one name
      notes_.push_back({note::started, name});
    }
    for (const call_ticket ticket : orders.forward)
      send(ticket);
    for (const call_ticket ticket : orders.refuse)
      CHECK(refused.insert(ticket).second);
    CHECK(alive_.size() <= most.live);
  }

  bool has_timers_; ///< Without them only those who are asked make room.
  std::mt19937_64 chance_;
  live_table table_{most};
  std::map<std::string, aggregate> alive_;
  std::deque<note> notes_;
  std::map<call_ticket, std::string> waiting_;
};

TEST_CASE("live_table: every call reaches one that lives, or is refused, in any order of things") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    world simulated{seed};
    for (int i = 0; i < 500; ++i) {
      simulated.step();
      simulated.check();
    }
    simulated.settle();
    CHECK(simulated.answered.size() + simulated.refused.size() == simulated.calls);
    CHECK(simulated.answered.size() > simulated.calls / 4);
  }
}

} // namespace
} // namespace aiex
