// The checker of histories against a thousand that are right, and against long ones.
#include "aiex/persistence/log/entry.hpp"

#include "simulate/cluster/history_check.hpp"
#include "simulate/cluster/history_teller.hpp"
#include "support/sample_events.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>

namespace aiex::test {
namespace {

constexpr std::uint64_t histories = 1'000;

TEST_CASE("histories: 1,000 of a store that makes no mistake are accepted") {
  std::uint64_t accepted = 0;
  for (std::uint64_t seed = 1; seed <= histories; ++seed) {
    const told_history told = history_teller{seed}.tell();
    const history_report report = check(told.seen, told.log);
    for (const history_violation& each : report.violations)
      FAIL_CHECK("seed ", seed, ", ", name(each.rule), ": ", each.what);
    accepted += report.violations.empty() ? 1 : 0;
  }
  CHECK(accepted == histories);
}

/// What makes a history worth checking, by name.
void count(const told_history& told, std::map<std::string, std::uint64_t>& seen_so_far) {
  std::map<uuid, bool> logged;
  for (const logged_event& each : told.log)
    logged[each.id] = true;
  std::uint64_t open = 0;
  for (const moment& each : told.seen.moments) {
    open = each.is_answer ? open - 1 : open + 1;
    seen_so_far["overlaps"] += !each.is_answer && open > 1 ? 1 : 0;
  }
  for (const operation& done : told.seen.operations) {
    if (const append_result* answer = appended(done))
      ++seen_so_far[answer->repeated ? "repeated" : "ok"];
    if (const error* why = failure_of(done))
      ++seen_so_far[std::string{name(why->code)}];
    if (!done.answer)
      ++seen_so_far["never answered"];
    if (seen(done) != nullptr)
      ++seen_so_far["read"];
    const auto* request = std::get_if<append_request>(&done.asked);
    if (request == nullptr || request->parts.front().events.empty() ||
        outcome_of(done) != client_outcome::unknown)
      continue;
    const bool is_there = logged[request->parts.front().events.front().id];
    ++seen_so_far[is_there ? "unknown and there" : "unknown and not there"];
  }
}

TEST_CASE("histories: the told ones overlap, are lost, repeated and refused in every way") {
  std::map<std::string, std::uint64_t> counts;
  for (std::uint64_t seed = 1; seed <= histories; ++seed)
    count(history_teller{seed}.tell(), counts);
  for (const char* what : {"overlaps", "ok", "repeated", "read", "never answered",
         "unknown and there", "unknown and not there", "wrong_expected_version", "duplicate_id",
         "stale_epoch", "unknown_outcome", "no_quorum", "overloaded", "store_full"}) {
    INFO(std::string{what});
    CHECK(counts[what] >= histories / 4);
  }
}

/// Events and parts of requests, calls and answers, events of the log.
std::uint64_t size_of(const told_history& told) {
  std::uint64_t size = told.log.size() + told.seen.moments.size();
  for (const operation& done : told.seen.operations)
    if (const auto* request = std::get_if<append_request>(&done.asked))
      for (const append_part& part : request->parts)
        size += 1 + part.events.size();
  return size;
}

told_history mixed(std::size_t operations) {
  return history_teller{7, operations}.tell();
}

/// One append that is tried again and again, at last with success.
told_history one_tried_often(std::size_t operations) {
  told_history told = history_teller{7, 20}.tell();
  append_request request = one("often", {.id = id_of(1'000'000'001), .type = "happened"});
  sha256 hash;
  const append_part& part = request.parts.front();
  told.log.push_back({part.stream, 1, part.events.front().id,
    content_digest(hash, part.stream, "happened", part.events.front().data, ""), {}});
  const position at{told.log.size()};
  for (std::size_t i = 0; i < operations; ++i)
    told.seen.call(7, 100'000 + i, request);
  told.seen.answer(told.seen.call(7, 1'000'000, request), 1'000'000,
    result<append_result>{append_result{{{1, 1, at, at}}, false, {}}});
  return told;
}

/// A stream that grows, and as many refusals that name its first version.
told_history all_refused(std::size_t operations) {
  told_history told;
  const append_request refused =
    one("long", {.id = id_of(1), .type = "refused"}, expected_version::none());
  std::vector<op_number> open;
  for (std::size_t i = 0; i < operations; ++i)
    open.push_back(told.seen.call(i, 0, refused));
  sha256 hash;
  for (std::size_t i = 0; i < operations; ++i) {
    append_request request = one("long", {.id = id_of(2 + i), .type = "happened"});
    told.seen.call(operations, 1, request);
    told.log.push_back(
      {"long", i + 1, id_of(2 + i), content_digest(hash, "long", "happened", "{}", ""), {}});
  }
  for (std::size_t i = 0; i < operations; ++i)
    told.seen.answer(
      open[i], 2, result<append_result>{fail(errc::wrong_expected_version, "", i + 1)});
  return told;
}

// Ten times as much to look at takes ten times the steps, and few for each event, call and answer.
TEST_CASE("histories: the steps of a check grow with the history, not faster") {
  for (const auto tell : {mixed, one_tried_often, all_refused}) {
    std::uint64_t before = 0;
    for (const std::size_t operations : {300, 3'000, 30'000}) {
      const told_history told = tell(operations);
      const history_report report = check(told.seen, told.log);
      for (const history_violation& each : report.violations)
        FAIL_CHECK(name(each.rule), ": ", each.what);
      CHECK(report.steps >= size_of(told) / 2);
      CHECK(report.steps <= 8 * size_of(told));
      CHECK((before == 0 || report.steps <= before * 11));
      before = report.steps;
    }
  }
}

} // namespace
} // namespace aiex::test
