// The tests' test: each planted fault is found, as a violation of a rule that is about it.
#include "simulate/cluster/cluster_world.hpp"
#include "simulate/cluster/planted_faults.hpp"
#include "simulate/cluster/planted_run.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace aiex::test {
namespace {

constexpr std::uint64_t seeds_max = 100;

/// `first`: a seed a little before one that finds it, where that is rare (`./dev simulate
/// --planted`).
struct planted_example {
  planted_fault what;
  std::set<std::string> rules;
  std::uint64_t first = 1;
};

const planted_example examples[] = {
  {planted_fault::commits_old_terms, {"commit_of_current_term"}},
  {planted_fault::answers_before_sync, {"vote_durable"}},
  {planted_fault::acknowledges_before_sync, {"acknowledged_is_there", "vote_durable"}},
  {planted_fault::acknowledges_last_index, {"acknowledged_is_there"}},
  {planted_fault::votes_twice, {"vote_durable", "one_vote"}},
  {planted_fault::match_one_too_many, {"match_was_acknowledged"}},
  {planted_fault::applies_ahead, {"state_machine_safety"}},
  {planted_fault::reads_at_once, {"reads_are_current"}, 401},
  {planted_fault::loses_truncations, {"acknowledged_is_there", "log_without_gap"}},
  {planted_fault::commits_unchecked, {"committed_for_ever"}},
  {planted_fault::votes_after_loss, {"voter_remembers", "leader_completeness"}},
  {planted_fault::forgets_votes, {"one_vote"}, 1'001},
  {planted_fault::no_pre_vote, {"leader_not_deposed"}},
  {planted_fault::any_version, {"one_winner", "history_wrong_accept"}},
  {planted_fault::repeats_anew, {"acknowledged_for_ever"}},
  {planted_fault::any_epoch, {"history_stale_owner", "session_owner"}},
  {planted_fault::position_apart, {"projection_exactly_once"}},
  {planted_fault::owner_without_epoch, {"session_owner"}},
  {planted_fault::answers_unconfirmed, {"session_commands"}},
};

TEST_CASE("planted_faults: each is found by a rule that is about it") {
  std::set<planted_fault> looked_for;
  for (const planted_example& each : examples) {
    const found_fault found = look_for(each.what, each.first, seeds_max);
    CAPTURE(name_of(each.what));
    CAPTURE(found.rule);
    CHECK(each.rules.contains(found.rule));
    looked_for.insert(each.what);
  }
  CHECK(looked_for.size() == static_cast<std::size_t>(last_planted_fault) + 1);
}

TEST_CASE("planted_faults: the same seeds without one break nothing") {
  for (const planted_example& each : examples) {
    cluster_world world{options_of(each.first)};
    CHECK(run(world).what == "");
  }
}

} // namespace
} // namespace aiex::test
