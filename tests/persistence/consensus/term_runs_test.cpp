#include "aiex/persistence/base/error.hpp"
#include "aiex/persistence/consensus/limits.hpp"
#include "aiex/persistence/consensus/term_runs.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <vector>

namespace aiex::consensus {
namespace {

/// Terms as a plain list; the walk that term_runs saves.
log_place walked(const std::vector<std::uint64_t>& terms, std::uint64_t index, std::uint64_t term) {
  index = std::min<std::uint64_t>(index, terms.size());
  while (index > 0 && terms[index - 1] > term)
    --index;
  return {index, index == 0 ? 0 : terms[index - 1]};
}

TEST_CASE("term_runs: what a plain list of terms says, through appends and cuts") {
  const bool holds = rc::check([](const std::vector<std::uint8_t>& steps) {
    std::vector<std::uint64_t> terms;
    term_runs runs;
    for (const std::uint8_t step : steps) {
      if (step % 5 == 0) {
        const std::uint64_t from = 1 + step % (terms.size() + 1);
        terms.resize(std::min<std::size_t>(terms.size(), from - 1));
        runs.cut(from);
      } else {
        terms.push_back((terms.empty() ? 1 : terms.back()) + (step % 3 == 0 ? 1 + step % 4 : 0));
        runs.append({terms.size(), terms.back()});
      }
      RC_ASSERT(runs.last() == (log_place{terms.size(), terms.empty() ? 0 : terms.back()}));
      for (std::uint64_t i = 1; i <= terms.size(); ++i)
        RC_ASSERT(runs.term_at(i) == terms[i - 1]);
      RC_ASSERT(runs.term_at(0) == std::uint64_t{0});
      RC_ASSERT_FALSE(runs.term_at(terms.size() + 1).has_value());
      for (std::uint64_t term = 0; term < 6; ++term)
        for (std::uint64_t i = 0; i <= terms.size() + 1; ++i)
          RC_ASSERT(runs.conflict_hint(i, term) == walked(terms, i, term));
    }
  });
  CHECK(holds);
}

TEST_CASE("term_runs: an unreadable entry has no term until it is known again, or cut") {
  term_runs runs;
  for (std::uint64_t i = 1; i <= 4; ++i)
    runs.append({i, 1});
  runs.set_unknown(2);
  runs.set_unknown(4);
  CHECK_FALSE(runs.term_at(2));
  runs.set_known({2, 1});
  CHECK(runs.term_at(2) == 1);
  runs.cut(4);
  runs.append({4, 3});
  CHECK(runs.term_at(4) == 3);
  CHECK(runs.last_run_begins() == 4);
}

TEST_CASE("term_runs: what was unreadable has its own term again, in whatever order it is known") {
  const std::vector<std::uint64_t> terms{2, 2, 3, 3, 5, 5};
  std::vector<std::uint64_t> order{1, 3, 4, 5};
  do {
    term_runs runs; // each of these had its neighbour's term
    for (const log_place place : {log_place{1, 0}, {2, 2}, {3, 2}, {4, 2}, {5, 2}, {6, 5}})
      runs.append(place);
    for (const std::uint64_t index : order)
      runs.set_unknown(index);
    for (const std::uint64_t index : order) {
      CHECK_FALSE(runs.term_at(index));
      runs.set_known({index, terms[index - 1]});
      CHECK(runs.term_at(index) == terms[index - 1]);
    }
    for (std::uint64_t i = 1; i <= terms.size(); ++i)
      CHECK(runs.term_at(i) == terms[i - 1]);
    CHECK(runs.last() == log_place{6, 5});
    CHECK(runs.last_run_begins() == 5);
  } while (std::ranges::next_permutation(order).found);
}

TEST_CASE("term_runs: an entry may be one that cannot be read if its term fits between others") {
  term_runs runs;
  for (const log_place place : {log_place{1, 2}, {2, 2}, {3, 2}, {4, 5}})
    runs.append(place);
  CHECK(runs.may_be({2, 2}));
  CHECK_FALSE(runs.may_be({2, 3}));
  runs.set_unknown(2);
  runs.set_unknown(3);
  for (const std::uint64_t index : {2U, 3U}) {
    CHECK_FALSE(runs.may_be({index, 1}));
    for (const std::uint64_t term : {2U, 4U, 5U})
      CHECK(runs.may_be({index, term}));
    CHECK_FALSE(runs.may_be({index, 6}));
  }
  CHECK_FALSE(runs.may_be({5, 5}));
  runs.cut(4); // the last one cannot be read then
  CHECK(runs.last() == log_place{3, 2});
  CHECK(runs.may_be({3, 9}));
  CHECK_FALSE(runs.may_be({3, 1}));
  runs.set_known({3, 7});
  CHECK(runs.last() == log_place{3, 7});
  CHECK_FALSE(runs.may_be({2, 8}));
}

TEST_CASE("term_runs: the oldest are forgotten beyond their limit") {
  term_runs runs;
  for (std::uint64_t i = 1; i <= limits::term_runs + 1; ++i)
    runs.append({i, i});
  CHECK(runs.size() == limits::term_runs);
  CHECK_FALSE(runs.term_at(1));
  CHECK(runs.term_at(2) == 2);
  CHECK(runs.conflict_hint(1, 1) == log_place{1, 0});
}

TEST_CASE("term_runs: refuses gaps and terms that go back") {
  term_runs runs;
  runs.append({1, 3});
  CHECK_THROWS_AS(runs.append({3, 3}), broken_invariant);
  CHECK_THROWS_AS(runs.append({2, 2}), broken_invariant);
}

TEST_CASE("term_runs: what was unknown is put into its run, at the border or between two") {
  term_runs runs;
  for (std::uint64_t i = 1; i <= 4; ++i)
    runs.append({i, 1});
  runs.append({5, 4});
  runs.set_unknown(3);
  runs.set_unknown(4);
  runs.set_known({4, 4}); // the run behind it begins earlier
  CHECK(runs.term_at(4) == 4);
  CHECK(runs.size() == 2);
  runs.set_known({3, 2}); // one of its own
  CHECK(runs.term_at(2) == 1);
  CHECK(runs.term_at(3) == 2);
  CHECK(runs.term_at(4) == 4);
  CHECK(runs.size() == 3);
  runs.set_unknown(5);
  runs.set_known({5, 5});
  CHECK(runs.last() == log_place{5, 5});
}

} // namespace
} // namespace aiex::consensus
