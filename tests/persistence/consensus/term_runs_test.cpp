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
  runs.set_known(2);
  CHECK(runs.term_at(2) == 1);
  runs.cut(4);
  runs.append({4, 3});
  CHECK(runs.term_at(4) == 3);
  CHECK(runs.last_run_begins() == 4);
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

} // namespace
} // namespace aiex::consensus
