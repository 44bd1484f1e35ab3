#include "simulate/cluster/history_check.hpp"
#include "simulate/cluster/history_script.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace aiex::test {
namespace {

struct table_row {
  const char* name;
  const char* lines;
  const char* log;
  const char* rules; ///< That are broken, each once, sorted.
};

std::string broken_rules(const table_row& row, std::string& sentences) {
  std::vector<std::string_view> rules;
  for (const history_violation& each : check(history_of(row.lines), log_of(row.log)).violations) {
    rules.push_back(name(each.rule));
    sentences += "\n" + each.what;
  }
  std::sort(rules.begin(), rules.end());
  rules.erase(std::unique(rules.begin(), rules.end()), rules.end());
  std::string said;
  for (const std::string_view rule : rules)
    said += (said.empty() ? "" : " ") + std::string{rule};
  return said;
}

template <std::size_t Rows>
void check_table(const table_row (&rows)[Rows]) {
  for (const table_row& row : rows) {
    std::string sentences;
    const std::string rules = broken_rules(row, sentences);
    INFO(std::string{row.name}, sentences);
    CHECK(rules == std::string{row.rules});
  }
}

TEST_CASE("history_check: what is unknown took effect at once, later or never") {
  check_table({
    {"never", "A append s 1 if 0\n A unknown_outcome", "", ""},
    {"at once", "A append s 1 if 0\n A unknown_outcome", "s 1", ""},
    {"never answered", "A append s 1", "s 1", ""},
    {"behind one that was called later",
      "A append s 1\n A unknown_outcome\n B append s 2\n B ok 1-1@1-1", "s 2, s 1", ""},
    {"seen by one read and not by the one before",
      "A append s 1\n A time_out\n B read s\n B sees 0\n C read s\n C sees 1", "s 1", ""},
    {"seen, and then not any more",
      "A append s 1\n A time_out\n B read s\n B sees 1\n C read s\n C sees 0", "s 1", "stale"},
    {"before its call", "B read s\n B sees 1\n A append s 1\n A io", "s 1", "premature"},
    {"in pieces", "A append s 1 2\n A unknown_outcome", "s 1", "torn"},
    {"in other pieces", "A append s 1 2\n A unknown_outcome", "s 2", "torn"},
    {"against its expectation", "A append s 1 if 3\n A unknown_outcome", "s 1", "wrong_accept"},
  });
}

TEST_CASE("history_check: an accepted append stands where it was told, as it was asked for") {
  check_table({
    {"it does", "A append s 1 2 if 0, t 3\n A ok 1-2@1-2 1-1@3-3", "s 1, s 2, t 3", ""},
    {"a part that only checks",
      "A append s 1\n A ok 1-1@1-1\n B append t 2, s if 1\n B ok 1-1@2-2 0-1@0-0", "s 1, t 2", ""},
    {"a part that only checks, at another version",
      "A append s 1\n A ok 1-1@1-1\n B append t 2, s\n B ok 1-1@2-2 0-2@0-0", "s 1, t 2", "forked"},
    {"a part that only checks, with places",
      "A append s 1\n A ok 1-1@1-1\n B append t 2, s\n B ok 1-1@2-2 1-1@0-0", "s 1, t 2", "forked"},
    {"not there", "A append s 1\n A ok 1-1@1-1", "", "lost"},
    {"half of it there", "A append s 1 2\n A ok 1-2@1-2", "s 1", "lost torn"},
    {"with other content", "A append s 1\n A ok 1-1@1-1", "s 1 data 2", "changed"},
    {"in another stream", "A append s 1\n A ok 1-1@1-1", "t 1", "changed"},
    {"elsewhere", "B append t 2\n A append s 1\n A ok 1-1@1-1", "t 2, s 1", "forked"},
    {"as fewer", "A append s 1 2\n A ok 1-1@1-1", "s 1, s 2", "forked"},
    {"without a command that it had", "A append s 1 command 9\n A ok 1-1@1-1", "s 1", "changed"},
    {"twice", "A append s 1\n A ok 1-1@1-1", "s 1, s 1", "doubled"},
    {"again under an id of nobody", "A append s 1\n A ok 1-1@1-1", "s 1, s 2 data 1", "doubled"},
    {"beside what nobody asked for", "A append s 1\n A ok 1-1@1-1", "s 1, s 2", "invented"},
    {"against its expectation", "A append s 1 if 1\n A ok 1-1@1-1", "s 1", "wrong_accept"},
    {"in a stream that should exist", "A append s 1 if some\n A ok 1-1@1-1", "s 1", "wrong_accept"},
    {"with an id twice", "A append s 1 1\n A ok 1-2@1-2", "s 1, s 1",
      "doubled forked wrong_accept"},
    {"where another was told to be",
      "A append s 1 if 0\n B append s 2 if 0\n A ok 1-1@1-1\n B ok 1-1@1-1", "s 1",
      "lost two_winners"},
    {"both there", "A append s 1\n B append s 2\n A ok 1-1@1-1\n B ok 1-1@1-1", "s 1, s 2",
      "forked two_winners"},
  });
}

TEST_CASE("history_check: what was answered before a call stands before it") {
  check_table({
    {"one after the other", "A append s 1\n A ok 1-1@1-1\n B append t 2\n B ok 1-1@2-2", "s 1, t 2",
      ""},
    {"at the same time, the later call first",
      "A append s 1\n B append t 2\n A ok 1-1@2-2\n B ok 1-1@1-1", "t 2, s 1", ""},
    {"one after the other, the other way round",
      "A append s 1\n A ok 1-1@2-2\n B append t 2\n B ok 1-1@1-1", "t 2, s 1", "reordered"},
    {"with an unknown outcome, too",
      "A append s 1\n A ok 1-1@2-2\n B append t 2\n B unknown_outcome", "t 2, s 1", "reordered"},
    {"but a try before it may have done it",
      "B append t 2\n A append s 1\n A ok 1-1@2-2\n C append t 2\n C unknown_outcome", "t 2, s 1",
      ""},
    {"a repeat tells the same",
      "A append s 1\n B append s 1\n B repeated 1-1@2-2\n C append t 2\n C ok 1-1@1-1", "t 2, s 1",
      "reordered"},
  });
}

TEST_CASE("history_check: a repeat is answered with the original") {
  check_table({
    {"of an unknown one",
      "A append s 1 if 0\n A unknown_outcome\n B append s 1 if 0\n B repeated 1-1@1-1", "s 1", ""},
    {"of a known one, though the stream has gone on",
      "A append s 1 if 0\n A ok 1-1@1-1\n C append s 2\n C ok 2-2@2-2\n B append s 1 if 0\n "
      "B repeated 1-1@1-1",
      "s 1, s 2", ""},
    {"the second wrote, since the first did not arrive",
      "A append s 1 if 0\n A unknown_outcome\n B append s 1 if 0\n B ok 1-1@1-1", "s 1", ""},
    {"the first arrived while the second was on its way",
      "A append s 1\n B append s 1\n B repeated 1-1@1-1\n A ok 1-1@1-1", "s 1", ""},
    {"by command, whatever it asks for now",
      "A append s 1 2 command 9\n A unknown_outcome\n B append s 3 command 9\n B repeated 1-2@1-2",
      "s 1 command 9 of 2, s 2", ""},
    {"by command, of two streams",
      "A append s 1, t 2 command 9\n A unknown_outcome\n B append s 3 command 9\n "
      "B repeated 1-1@1-1 1-1@2-2",
      "s 1 command 9 of 2, t 2", ""},
    {"by command, elsewhere",
      "A append s 1 command 9\n A unknown_outcome\n B append s 3 command 9\n B repeated 2-2@2-2",
      "s 1 command 9 of 1", "forked"},
    {"by command, as if it was another one",
      "A append s 1 command 9\n A unknown_outcome\n B append s 3 command 9\n B ok 2-2@2-2",
      "s 1 command 9 of 1, s 3 command 9 of 1", "doubled"},
    {"by a command's id that belongs to another one",
      "A append s 1 command 9\n A ok 1-1@1-1\n B append s 3 command 9 other\n B repeated 1-1@1-1",
      "s 1 command 9 of 1", "wrong_repeat"},
    {"elsewhere", "A append s 1\n A unknown_outcome\n B append s 1\n B repeated 2-2@2-2", "s 1",
      "forked"},
    {"though it asks for something else under the id",
      "A append s 1\n A ok 1-1@1-1\n B append s 1 data 2\n B repeated 1-1@1-1", "s 1", "changed"},
    {"not the same twice", "A append s 1\n A ok 1-1@1-1\n B append s 1\n B repeated 2-2@2-2", "s 1",
      "forked"},
    {"both wrote it", "A append s 1\n A ok 1-1@1-1\n B append s 1\n B ok 1-1@1-1", "s 1",
      "doubled"},
    {"nobody else tried it", "A append s 1\n A repeated 1-1@1-1", "s 1", "wrong_repeat"},
    {"it is not there", "A append s 1\n A unknown_outcome\n B append s 1\n B repeated 1-1@1-1", "",
      "lost"},
    {"though it expected another place",
      "A append s 1\n A ok 1-1@1-1\n B append s 1 if 3\n B repeated 1-1@1-1", "s 1",
      "wrong_accept"},
  });
}

TEST_CASE("history_check: a refusal was right at some moment between call and answer") {
  check_table({
    {"the append that explains it is under way",
      "A append s 1 if 0\n B append s 2 if 0\n B wrong_expected_version 1\n A ok 1-1@1-1", "s 1",
      ""},
    {"is unknown",
      "A append s 1 if 0\n A unknown_outcome\n B append s 2 if 0\n "
      "B wrong_expected_version 1",
      "s 1", ""},
    {"is called later",
      "B append s 2 if 0\n B wrong_expected_version 1\n A append s 1 if 0\n "
      "A ok 1-1@1-1",
      "s 1", "premature"},
    {"has never been", "B append s 2 if 0\n B wrong_expected_version 1", "", "lost"},
    {"right at the call, and not any more at the answer",
      "B append s 2 if 1\n A append s 1\n A ok 1-1@1-1\n B wrong_expected_version 0", "s 1", ""},
    {"right only before the call",
      "A append s 1\n A ok 1-1@1-1\n B append s 2 if 3\n B wrong_expected_version 0", "s 1",
      "stale"},
    {"the expectation holds at what it names",
      "A append s 1\n A ok 1-1@1-1\n B append s 2 if 1\n B wrong_expected_version 1", "s 1",
      "wrong_refusal"},
    {"the first part that does not hold is named",
      "A append s 1\n A ok 1-1@1-1\n B append s 2 if 1, t 3 if 4\n B wrong_expected_version 0",
      "s 1", ""},
    {"not a later one",
      "A append u 1 2, s 3\n A ok 1-2@1-2 1-1@3-3\n B append s 4 if 7, u 5 if 0\n "
      "B wrong_expected_version 2",
      "u 1, u 2, s 3", "wrong_refusal"},
    {"a repeat is not refused for the version that it made itself",
      "A append s 1 if 0\n A ok 1-1@1-1\n B append s 1 if 0\n B wrong_expected_version 1", "s 1",
      "wrong_refusal"},
    {"a repeat that expects another place is",
      "A append s 1 if 0\n A ok 1-1@1-1\n B append s 1 if 3\n B wrong_expected_version 1", "s 1",
      ""},
    {"refused, yet written",
      "A append s 1\n A ok 1-1@1-1\n B append s 2 if 0\n B wrong_expected_version 1", "s 1, s 2",
      "wrong_refusal"},
    {"without a look, and not written", "A append s 1\n A no_quorum", "", ""},
    {"without a look, yet written", "A append s 1\n A overloaded", "s 1", "wrong_refusal"},
    {"without a look, and another try wrote it",
      "A append s 1\n A unknown_outcome\n B append s 1\n B store_full", "s 1", ""},
    {"nothing is checked without events", "A append s if 3\n A wrong_expected_version 0", "",
      "wrong_refusal"},
  });
}

TEST_CASE("history_check: an id stands for one content, an epoch for one owner") {
  check_table({
    {"the id is there with other content",
      "A append s 1\n A ok 1-1@1-1\n B append s 1 data 2\n B duplicate_id", "s 1", ""},
    {"some are there", "A append s 1\n A ok 1-1@1-1\n B append s 1 2\n B duplicate_id", "s 1", ""},
    {"twice in the request", "A append s 1 1\n A duplicate_id", "", ""},
    {"it is there as it is asked for",
      "A append s 1\n A ok 1-1@1-1\n B append s 1\n B duplicate_id", "s 1", "wrong_refusal"},
    {"no number belongs to it", "A append s 1 1\n A duplicate_id 1", "", "wrong_refusal"},
    {"nobody has used it", "A append s 1\n A duplicate_id", "", "wrong_refusal"},
    {"another command had its id",
      "A append s 1 command 9\n A ok 1-1@1-1\n B append s 2 command 9 other\n B duplicate_id",
      "s 1 command 9 of 1", ""},
    {"the same command had it",
      "A append s 1 command 9\n A ok 1-1@1-1\n B append s 2 command 9\n B duplicate_id",
      "s 1 command 9 of 1", "wrong_refusal"},
    {"the owner writes",
      "A append $owner-x 1\n A ok 1-1@1-1\n B append s 2 owner x 1\n B ok 1-1@2-2",
      "$owner-x 1, s 2", ""},
    {"an owner of the past writes",
      "A append $owner-x 1\n A ok 1-1@1-1\n B append s 2 owner x 0\n B ok 1-1@2-2",
      "$owner-x 1, s 2", "stale_owner"},
    {"and is refused",
      "A append $owner-x 1\n A ok 1-1@1-1\n B append s 2 owner x 0\n B stale_epoch 1", "$owner-x 1",
      ""},
    {"the owner is refused",
      "A append $owner-x 1\n A ok 1-1@1-1\n B append s 2 owner x 1\n B stale_epoch 1", "$owner-x 1",
      "wrong_refusal"},
    {"with an epoch of the past",
      "A append $owner-x 1\n A ok 1-1@1-1\n B append s 2 owner x 7\n B stale_epoch 0", "$owner-x 1",
      "stale"},
    {"an owner of the past is refused for its epoch, not for a version",
      "A append $owner-x 1\n A ok 1-1@1-1\n B append s 2 if 5 owner x 0\n "
      "B wrong_expected_version 0",
      "$owner-x 1", "stale"},
    {"with an epoch that never was", "B append s 2 owner x 7\n B stale_epoch 1", "", "lost"},
  });
}

TEST_CASE("history_check: reads see what was answered, and nothing torn, lost or to come") {
  check_table({
    {"of the head", "A append s 1 2\n A ok 1-2@1-2\n B head\n B sees 2 id 2", "s 1, s 2", ""},
    {"of a stream", "A append s 1, t 2\n A ok 1-1@1-1 1-1@2-2\n B read s\n B sees 1 id 1",
      "s 1, t 2", ""},
    {"while it is written: not yet", "A append s 1\n B head\n B sees 0\n A ok 1-1@1-1", "s 1", ""},
    {"while it is written: already", "A append s 1\n B head\n B sees 1\n A ok 1-1@1-1", "s 1", ""},
    {"the head of the past", "A append s 1\n A ok 1-1@1-1\n B head\n B sees 0", "s 1", "stale"},
    {"a version of the past", "A append s 1\n A ok 1-1@1-1\n B read s\n B sees 0", "s 1", "stale"},
    {"less than another read that was answered before",
      "A append s 1\n B head\n B sees 1\n C head\n C sees 0\n A ok 1-1@1-1", "s 1", "stale"},
    {"less than one that was under way",
      "A append s 1\n B head\n C head\n B sees 1\n C sees 0\n A ok 1-1@1-1", "s 1", ""},
    {"half of an append", "A append s 1 2\n A ok 1-2@1-2\n B head\n B sees 1", "s 1, s 2", "torn"},
    {"half of it, in a stream", "A append s 1 2\n B read s\n B sees 1\n A ok 1-2@1-2", "s 1, s 2",
      "torn"},
    {"beyond the end", "B head\n B sees 1", "", "lost"},
    {"a version beyond the end", "A append s 1\n B read s\n B sees 2", "s 1", "lost"},
    {"another event in its place", "A append s 1\n B read s\n B sees 1 id 7", "s 1", "forked"},
    {"an event where none is", "B read s\n B sees 0 id 7", "", "forked"},
    {"by an append without events",
      "A append s 1\n A ok 1-1@1-1\n B append s, t\n B ok 0-1@0-0 0-0@0-0", "s 1", ""},
    {"by one of the past", "A append s 1\n A ok 1-1@1-1\n B append s\n B ok 0-0@0-0", "s 1",
      "stale"},
    {"by one that says it was a repeat", "B append s\n B repeated 0-0@0-0", "", "wrong_repeat"},
    {"by one that names places", "B append s\n B ok 1-0@0-0", "", "forked"},
    {"by one of what is not there", "B append s\n B ok 0-1@0-0", "", "lost"},
    {"unanswered", "A append s 1\n A ok 1-1@1-1\n B head\n C head\n C no_quorum", "s 1", ""},
  });
}

TEST_CASE("history_check: a gap in the versions of a stream") {
  final_log log = log_of("s 1, s 2");
  log[1].version = 3;
  const auto report = check(history_of("A append s 1 2"), log);
  REQUIRE(report.violations.size() == 1);
  CHECK(report.violations[0].rule == history_rule::gap);
  CHECK(report.violations[0].what == "s has version 3 at position 2, where 2 belongs");
}

TEST_CASE("history_check: the time of recording is the log's") {
  history told = history_of("A append s 1\n A ok 1-1@1-1");
  std::get<result<append_result>>(*told.operations[0].answer)->recorded_at +=
    std::chrono::microseconds{1};
  const auto report = check(told, log_of("s 1"));
  REQUIRE(report.violations.size() == 1);
  CHECK(report.violations[0].rule == history_rule::forked);
}

TEST_CASE("history_check: a violation is a sentence that says which operations") {
  const auto report =
    check(history_of("A append s 1 2\n A ok 1-2@1-2\n B read s\n B sees 0"), log_of("s 1, s 2"));
  REQUIRE(report.violations.size() == 1);
  CHECK(report.violations[0].operations == std::vector<op_number>{1, 0});
  CHECK(report.violations[0].what ==
        "op 1 (client 1, read of s, called at 3, answered at 4: at 0) and op 0 (client 0, append "
        "of 2 events to s, called at 1, answered at 2: ok 1-2 at 1-2): the first does not know "
        "what the second, answered before, does: the log up to 2");
}

TEST_CASE("history_check: no more violations than somebody reads") {
  std::string lines;
  for (int i = 0; i < 150; ++i)
    lines += "A" + std::to_string(i) + " head\n A" + std::to_string(i) + " sees 1\n";
  CHECK(check(history_of(lines), {}).violations.size() == history_findings::violations_max);
}

} // namespace
} // namespace aiex::test
