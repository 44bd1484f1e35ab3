// The checker of histories against a search through all orders, which needs no idea of how the one
// follows from the other: on short histories, most of them spoiled a little.
#include "simulate/cluster/history_check.hpp"
#include "simulate/cluster/history_store.hpp"
#include "simulate/cluster/history_teller.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>

namespace aiex::test {
namespace {

bool same(const logged_event& one, const logged_event& other) {
  return one.stream == other.stream && one.version == other.version && one.id == other.id &&
         one.content == other.content && one.recorded_at == other.recorded_at &&
         one.command == other.command && one.command_events == other.command_events;
}

/// Tries every order of effects that real time allows, on a correct store.
class history_search {
public:
  explicit history_search(const told_history& told) : told_(told) {
    const std::size_t count = told.seen.operations.size();
    before_.resize(count);
    done_.resize(count);
    std::vector<op_number> answered;
    for (const moment& each : told.seen.moments)
      if (each.is_answer)
        answered.push_back(each.operation);
      else
        before_[each.operation] = answered;
  }

  /// Whether one of them leads to all answers and to the log.
  bool finds() { return goes_on(history_store{}); }

private:
  bool goes_on(const history_store& store) {
    bool is_all = true;
    for (op_number number = 0; number < done_.size(); ++number) {
      if (done_[number])
        continue;
      const operation& next = told_.seen.operations[number];
      is_all = is_all && outcome_of(next) == client_outcome::unknown;
      const auto& before = before_[number];
      const bool may_come = std::all_of(before.begin(), before.end(), [&](op_number each) {
        return done_[each] || outcome_of(told_.seen.operations[each]) == client_outcome::unknown;
      });
      history_store after = store;
      if (!may_come || !takes_effect(next, after))
        continue;
      done_[number] = true;
      const bool found = goes_on(after);
      done_[number] = false;
      if (found)
        return true;
    }
    return is_all && store.log().size() == told_.log.size();
  }

  bool takes_effect(const operation& next, history_store& store) const {
    const bool is_open = outcome_of(next) == client_outcome::unknown;
    const auto* request = std::get_if<append_request>(&next.asked);
    if (request == nullptr)
      return is_open || !seen(next) || is_seen(*seen(next), store.look(next.asked));
    if (const error* why = failure_of(next); why != nullptr && !is_open && !is_conflict(why->code))
      return true;
    const std::size_t behind = store.log().size();
    const auto answer = store.append(*request, time_behind(behind));
    for (std::size_t i = behind; i < store.log().size(); ++i)
      if (i >= told_.log.size() || !same(store.log()[i], told_.log[i]))
        return false;
    return is_open || is_same(answer, std::get<result<append_result>>(*next.answer));
  }

  timestamp time_behind(std::size_t events) const {
    return events < told_.log.size() ? told_.log[events].recorded_at : timestamp{};
  }
  static bool is_conflict(errc code) {
    return code == errc::wrong_expected_version || code == errc::duplicate_id ||
           code == errc::stale_epoch;
  }
  static bool is_seen(const seen_until& told, const seen_until& there) {
    return told.at == there.at && (told.last.is_nil() || told.last == there.last);
  }
  static bool is_same(const result<append_result>& one, const result<append_result>& other) {
    if (one && other)
      return one->parts == other->parts && one->repeated == other->repeated &&
             (one->recorded_at == other->recorded_at || !has_events(*one));
    return !one && !other && one.error().code == other.error().code &&
           one.error().actual == other.error().actual;
  }
  static bool has_events(const append_result& answer) {
    return std::any_of(answer.parts.begin(), answer.parts.end(),
      [](const appended_part& each) { return each.first_position.value != 0; });
  }

  const told_history& told_;
  std::vector<std::vector<op_number>> before_; // who was answered before whose call
  std::vector<bool> done_;
};

/// Changes a number, a flag or an order; what comes out may be right or wrong.
void spoil(told_history& told, std::mt19937_64& random) {
  auto& operations = told.seen.operations;
  const op_number number = random() % operations.size();
  operation& some = operations[number];
  const std::uint64_t step = random() % 2 == 0 ? 1 : static_cast<std::uint64_t>(-1);
  const auto nudge = [&](std::uint64_t& value) { value += value == 0 ? 1 : step; };
  const auto near = [&](auto& all) -> std::size_t { return random() % (all.size() - 1); };
  switch (random() % 6) {
  case 0: // who is called, or answered, first
    if (const std::size_t at = near(told.seen.moments);
        told.seen.moments[at].operation != told.seen.moments[at + 1].operation)
      std::swap(told.seen.moments[at], told.seen.moments[at + 1]);
    return;
  case 1: // what stands first in the log, and the versions counted again
    if (told.log.size() > 1) {
      const std::size_t at = near(told.log);
      std::swap(told.log[at], told.log[at + 1]);
      if (told.log[at].stream == told.log[at + 1].stream)
        std::swap(told.log[at].version, told.log[at + 1].version);
    }
    return;
  case 2:
    if (!told.log.empty())
      told.log.pop_back();
    return;
  case 3: // the outcome
    if (std::holds_alternative<append_request>(some.asked) && some.answer)
      some.answer = result<append_result>{
        fail(random() % 2 == 0 ? errc::unknown_outcome : errc::no_quorum, "")};
    return;
  default: break;
  }
  if (!some.answer)
    return;
  if (auto* read = std::get_if<result<seen_until>>(&*some.answer)) {
    if (*read) {
      nudge((*read)->at);
      (*read)->last = {};
    }
    return;
  }
  auto& answer = std::get<result<append_result>>(*some.answer);
  if (!answer)
    return nudge(answer.error().actual);
  appended_part& part = answer->parts[random() % answer->parts.size()];
  switch (random() % 4) {
  case 0: answer->repeated = !answer->repeated; return;
  case 1: return nudge(part.version);
  case 2: return nudge(part.first_position.value);
  default: nudge(part.first_version); nudge(part.version);
  }
}

TEST_CASE("histories: the checker says what a search through all orders says") {
  std::uint64_t right = 0;
  std::uint64_t wrong = 0;
  for (std::uint64_t seed = 1; seed <= 10'000; ++seed) {
    std::mt19937_64 random{seed};
    told_history told = history_teller{seed, 4 + random() % 5}.tell();
    for (std::uint64_t times = random() % 4; times > 0; --times)
      spoil(told, random);
    const bool is_right = history_search{told}.finds();
    const history_report report = check(told.seen, told.log);
    ++(is_right ? right : wrong);
    if (report.violations.empty() == is_right)
      continue;
    std::string all = is_right ? "accused:" : "missed:";
    for (const history_violation& each : report.violations)
      all += "\n  " + std::string{name(each.rule)} + ": " + each.what;
    for (const moment& each : told.seen.moments)
      all += (each.is_answer ? "\n  . " : "\n  ? ") +
             describe(each.operation, told.seen.operations[each.operation]);
    for (const logged_event& each : told.log)
      all += "\n  log " + each.stream + " " + std::to_string(each.version);
    FAIL_CHECK("seed ", seed, ", ", all);
  }
  CHECK(right >= 2'000);
  CHECK(wrong >= 2'000);
}

} // namespace
} // namespace aiex::test
