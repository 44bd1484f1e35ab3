#include "aiex/persistence/storage/memory_log.hpp"
#include "aiex/persistence/store/log_survey.hpp"
#include "aiex/persistence/store/replica_reads.hpp"

#include "support/consensus_entries.hpp"
#include "support/sample_events.hpp"

#include <doctest/doctest.h>

#include <set>
#include <vector>

namespace aiex {
namespace {

using consensus::core_start;

/// A chained log of entries of these terms; where `members` is, they are said.
struct log_of_terms {
  memory_log log;
  std::vector<chain_end> ends{{}};

  explicit log_of_terms(
    const std::vector<std::uint64_t>& terms, const std::set<std::uint64_t>& configurations = {}) {
    for (const std::uint64_t term : terms) {
      const std::uint64_t index = ends.size();
      const bool says_members = configurations.contains(index);
      entry_builder builder{{.kind = says_members ? entry_kind::configuration : entry_kind::no_op,
        .index = index,
        .term = term,
        .recorded_at = {},
        .first_position = {1},
        .previous = ends.back().chain}};
      if (says_members)
        builder.set_members(to_bytes(test::members_of(static_cast<std::uint8_t>(index))));
      const auto made = test::whole(std::make_shared<const std::string>(builder.finish({})));
      const log_record record{index, *made.bytes};
      REQUIRE(log.storage().append({&record, 1}));
      REQUIRE(log.storage().sync());
      ends.push_back(*end_behind(made));
    }
  }

  core_start found(std::uint64_t applied, std::uint64_t members_at = 0) const {
    state_says says{ends.at(applied), {}};
    if (members_at != 0)
      says.members = stored_members{
        members_at, to_bytes(test::members_of(static_cast<std::uint8_t>(members_at)))};
    auto made = survey(log.storage(), says, test::history_of_test);
    REQUIRE(made);
    return *made;
  }
};

const std::vector<std::uint64_t> many_terms{
  1, 1, 1, 2, 2, 5, 5, 5, 5, 5, 5, 5, 5, 5, 7, 8, 9, 9, 9, 9};

TEST_CASE("log survey: terms are those of the log, however much of it is applied") {
  const log_of_terms given{many_terms};
  for (std::uint64_t applied = 0; applied <= many_terms.size(); ++applied) {
    CAPTURE(applied);
    const core_start found = given.found(applied);
    for (std::uint64_t index = 1; index <= many_terms.size(); ++index)
      CHECK(found.terms.term_at(index) == many_terms[index - 1]);
    CHECK(found.terms.size() == 6);
    CHECK(found.damaged.empty());
    CHECK(found.committed == applied);
    CHECK(found.proven.index == applied);
    CHECK_FALSE(found.members.has_value());
  }
}

TEST_CASE("log survey: each damaged entry behind the state is found, and the others are known") {
  for (std::uint64_t index = 1; index <= many_terms.size(); ++index) {
    CAPTURE(index);
    log_of_terms given{many_terms};
    given.log.flip_bit(index, 8 * 16); // its term
    const core_start found = given.found(0);
    CHECK(found.damaged == std::set<std::uint64_t>{index});
    CHECK_FALSE(found.terms.term_at(index).has_value());
    for (std::uint64_t other = 1; other <= many_terms.size(); ++other)
      if (other != index)
        CHECK(found.terms.term_at(other) == many_terms[other - 1]);
  }
}

TEST_CASE("log survey: damage where terms change is found in what is applied, too") {
  log_of_terms given{many_terms};
  given.log.flip_bit(15, 8 * 16); // the only entry of term 7
  const core_start found = given.found(many_terms.size());
  CHECK(found.damaged == std::set<std::uint64_t>{15});
  CHECK(found.terms.term_at(14) == 5);
  CHECK(found.terms.term_at(16) == 8);
}

TEST_CASE("log survey: the members are the newest that state and log name, of this history") {
  struct example {
    const char* name;
    std::set<std::uint64_t> said_at;
    std::uint64_t applied = 0;
    std::uint64_t in_state = 0;
    std::uint64_t expected = 0;
  };
  const example table[] = {
    {"nobody says", {}, 3, 0, 0},
    {"the state", {2}, 4, 2, 2},
    {"the log behind it", {2, 5}, 4, 2, 5},
    {"the log alone", {2, 5}, 0, 0, 5},
  };
  for (const example& row : table) {
    CAPTURE(row.name);
    const log_of_terms given{{1, 1, 1, 1, 1, 1}, row.said_at};
    const core_start found = given.found(row.applied, row.in_state);
    CHECK(found.members.has_value() == (row.expected != 0));
    if (found.members) {
      CHECK(found.members->index() == row.expected);
      CHECK(found.members->current().members.size() == row.expected);
    }
    const auto other = survey(given.log.storage(), {given.ends.at(row.applied), {}}, uuid{});
    REQUIRE(other);
    CHECK_FALSE(other->members.has_value());
  }
}

// A member that does not know its members could lead alone.
TEST_CASE("log survey: members of a state that the log does not name are damage of the state") {
  const std::string second = to_bytes(test::members_of(2));
  struct example {
    const char* name;
    stored_members says;
    bool is_entry_damaged;
    bool is_sound;
  };
  const example table[] = {
    {"as in the log", {2, second}, false, true},
    {"the log's entry cannot be read", {2, second}, true, true},
    {"neither can be read", {2, second + 'x'}, true, false},
    {"others", {2, to_bytes(test::members_of(3))}, false, false},
    {"none at all", {2, {}}, false, false},
    {"of an entry with other members", {3, second}, false, false},
    {"of an entry without members", {1, second}, false, false},
    {"of no entry", {0, second}, false, false},
    {"of an entry that is not applied", {5, second}, false, false},
  };
  for (const example& row : table) {
    CAPTURE(row.name);
    log_of_terms given{{1, 1, 1, 1, 1, 1}, {2, 3, 5}};
    if (row.is_entry_damaged)
      given.log.flip_bit(2, 8 * 100);
    const auto found =
      survey(given.log.storage(), {given.ends.at(4), row.says}, test::history_of_test);
    CHECK(found.has_value() == row.is_sound);
    if (!found)
      CHECK(found.error().code == errc::corrupt);
  }
  for (std::size_t bit = 0; bit < second.size() * 8; ++bit) {
    const log_of_terms given{{1, 1, 1}, {2}};
    std::string turned = second;
    turned[bit / 8] = static_cast<char>(turned[bit / 8] ^ (1 << (bit % 8)));
    CHECK_FALSE(survey(
      given.log.storage(), {given.ends.at(3), stored_members{2, turned}}, test::history_of_test));
  }
}

} // namespace
} // namespace aiex
