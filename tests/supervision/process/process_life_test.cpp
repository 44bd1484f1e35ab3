#include "aiex/supervision/process/process_life.hpp"

#include <caf/exit_reason.hpp>
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace aiex {
namespace {

struct heard {
  std::string who;
  caf::error why;
};

/// Notes that it was told; found by its name.
class watcher : public caf::attachable {
public:
  watcher(std::string name, std::vector<heard>& all) : name_(std::move(name)), all_(all) {}

  void actor_exited(const caf::error& why, caf::execution_unit*) override {
    all_.push_back({name_, why});
  }
  bool matches(const token& what) override {
    return what.subtype == token::anonymous && *static_cast<const std::string*>(what.ptr) == name_;
  }

private:
  std::string name_;
  std::vector<heard>& all_;
};

struct life_and_watchers {
  process_life life;
  std::vector<heard> told;

  void watch(std::string name) { life.watch(std::make_unique<watcher>(std::move(name), told)); }
  std::size_t unwatch(const std::string& name) {
    return life.unwatch(caf::attachable::token{caf::attachable::token::anonymous, &name});
  }
  std::vector<std::string> who_heard() const {
    std::vector<std::string> all;
    for (const heard& each : told)
      all.push_back(each.who);
    return all;
  }
};

using names = std::vector<std::string>;

TEST_CASE_FIXTURE(
  life_and_watchers, "process_life: all hear once, in the order of their watching") {
  watch("first");
  watch("second");
  watch("first");
  CHECK_FALSE(life.has_begun_to_end());
  CHECK_FALSE(life.reason());
  CHECK(life.end(caf::exit_reason::kill));
  CHECK(who_heard() == names{"first", "second", "first"});
  CHECK(told.front().why == caf::exit_reason::kill);

  CHECK_FALSE(life.end(caf::exit_reason::user_shutdown));
  CHECK(told.size() == 3);
  CHECK(life.reason() == caf::error{caf::exit_reason::kill});
}

TEST_CASE_FIXTURE(life_and_watchers, "process_life: who comes after the end hears at once") {
  life.end(caf::exit_reason::user_shutdown);
  watch("late");
  REQUIRE(told.size() == 1);
  CHECK(told.front().why == caf::exit_reason::user_shutdown);
}

TEST_CASE_FIXTURE(life_and_watchers, "process_life: who has stopped watching hears nothing") {
  for (const char* each : {"a", "b", "a", "c"})
    watch(each);
  CHECK(unwatch("a") == 2);
  CHECK(unwatch("a") == 0);
  life.end(caf::error{});
  CHECK(who_heard() == names{"b", "c"});
  CHECK(unwatch("b") == 0);
}

TEST_CASE_FIXTURE(life_and_watchers, "process_life: its reason is known before anybody is told") {
  watch("early");
  life.begins_to_end(caf::exit_reason::user_shutdown);
  CHECK(life.has_begun_to_end());
  CHECK(life.reason() == caf::error{caf::exit_reason::user_shutdown});
  CHECK(told.empty());
  watch("meanwhile");
  CHECK(told.empty());

  SUBCASE("then it ends") {
    CHECK(life.end(caf::exit_reason::user_shutdown));
  }
  SUBCASE("a kill is quicker; the first reason stands") {
    CHECK(life.end(caf::exit_reason::kill));
    CHECK_FALSE(life.end(caf::exit_reason::user_shutdown));
  }
  CHECK(who_heard() == names{"early", "meanwhile"});
  CHECK(told.front().why == caf::exit_reason::user_shutdown);
}

TEST_CASE_FIXTURE(life_and_watchers, "process_life: of two who end it one does") {
  for (int round = 0; round < 100; ++round) {
    process_life one;
    one.watch(std::make_unique<watcher>("a", told));
    std::vector<int> won(2, 0);
    std::thread other{[&] { won[0] = one.end(caf::exit_reason::kill) ? 1 : 0; }};
    won[1] = one.end(caf::exit_reason::user_shutdown) ? 1 : 0;
    other.join();
    REQUIRE(won[0] + won[1] == 1);
    const caf::error why = won[0] == 1 ? caf::exit_reason::kill : caf::exit_reason::user_shutdown;
    REQUIRE(told.back().why == why);
  }
  CHECK(told.size() == 100);
}

} // namespace
} // namespace aiex
