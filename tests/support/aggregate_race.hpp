// Two cores on one stream, step by step in any order, with lost answers and lost requests: each
// command counts once, and the log is a history that the aggregate could have decided.
#pragma once

#include "support/core_drive.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <string>

namespace aiex::test {

/// A client that repeats a command until it knows what came of it, then takes the next.
struct racing_client {
  core_drive drive;
  std::uint64_t base;
  std::uint64_t number = 0;
  bool is_busy = false;
  aggregate_core::step step = result<dispatched>{dispatched{}};
  std::map<std::uint64_t, result<dispatched>> answers{};
};

class aggregate_race {
public:
  explicit aggregate_race(std::uint32_t seed) : random_(seed) {}

  void run() {
    REQUIRE(seeded_.dispatch(call_of("x", 1, "open", R"({"owner":"x","currency":"eur"})")));
    while (left_.number < commands || right_.number < commands)
      advance(one_in(2) ? left_ : right_);
    check();
  }

private:
  static constexpr std::uint64_t commands = 25;

  bool one_in(std::uint32_t n) { return random_() % n == 0; }

  static dispatch_call call(const racing_client& from) {
    const std::uint64_t id = from.base + from.number;
    const std::string cents = std::to_string(1 + id * 7 % 50);
    return call_of("x", id, id % 2 == 0 ? "deposit" : "withdraw", R"({"cents":)" + cents + "}");
  }

  void advance(racing_client& of) {
    if (of.number == commands)
      return;
    if (!of.is_busy) {
      of.is_busy = true;
      of.step = of.drive.core.begin(call(of));
    } else if (const auto* read = std::get_if<aggregate_core::read>(&of.step)) {
      of.step = of.drive.take(*read);
    } else if (const auto* write = std::get_if<aggregate_core::write>(&of.step)) {
      of.drive.lose_answers = one_in(3) ? 1 : 0;
      of.drive.lose_requests = one_in(5) ? 1 : 0;
      of.step = of.drive.take(*write);
    } else {
      of.is_busy = false;
      answered(of, std::get<result<dispatched>>(of.step));
    }
  }

  void answered(racing_client& of, const result<dispatched>& outcome) {
    const bool is_known = outcome || outcome.error().code == errc::refused;
    if (!is_known) {
      REQUIRE((outcome.error().code == errc::unknown_outcome ||
               outcome.error().code == errc::wrong_expected_version));
      return; // again, with the same id
    }
    of.answers.emplace(of.base + of.number, outcome);
    ++of.number;
  }

  void check() {
    const auto page = media_.events.read(query{.stream = "account-x"}, {});
    REQUIRE(page);
    REQUIRE_FALSE(page->rest);
    std::map<std::string, std::uint64_t> by_command;
    std::int64_t balance = 0;
    json_reader reader;
    for (const recorded_event& each : page->events) {
      if (each.version > 2)
        CHECK(++by_command[std::string{each.causation_id}] == 1);
      std::int64_t cents = 0;
      if (each.type == "withdrawn" || each.type == "deposited")
        REQUIRE(read_cents(reader, each, cents));
      balance += each.type == "withdrawn" ? -cents : cents;
      CHECK(balance >= 0); // no withdrawal was decided on an old balance
    }
    std::size_t accepted = 0;
    for (const racing_client* each : {&left_, &right_})
      for (const auto& [id, outcome] : each->answers) {
        accepted += outcome ? 1 : 0;
        CHECK(by_command.contains(to_string(id_of(id))) == outcome.has_value());
      }
    CHECK(accepted == by_command.size());
    CHECK(seeded_.view({"x"})->state_json ==
          R"({"open":true,"balance_cents":)" + std::to_string(balance) + "}");
  }

  std::mt19937 random_;
  aggregate_media media_;
  core_drive seeded_{media_, "x"};
  racing_client left_{core_drive{media_, "x"}, 1'000};
  racing_client right_{core_drive{media_, "x"}, 2'000};
};

} // namespace aiex::test
