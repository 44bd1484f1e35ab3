// The classic scenarios of consensus, each a script of tests/simulate/traces whose trace is
// compared line by line. A trace that differs is printed, whole, as the script should read now:
// look at what changed, and put it in the place of the file if it is right. What a script says
// `must` hold is asked apart from the trace.
#include "support/core_script.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace aiex {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> all;
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);)
    all.push_back(line);
  return all;
}

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator{file}, {}};
}

void play(const std::string& name) {
  const std::string script = text_of(std::filesystem::path{AIEX_TRACES} / (name + ".txt"));
  REQUIRE_FALSE(script.empty());
  const auto played = test::core_script::play(script);
  for (const std::string& each : played.wrong)
    FAIL_CHECK(name << ", " << each);
  if (!played.is_whole) {
    MESSAGE(name << " went as far as this:\n" << played.text);
    return;
  }
  CHECK(played.facts > 0);

  const auto expected = lines_of(script);
  const auto seen = lines_of(played.text);
  for (std::size_t i = 0; i < std::max(seen.size(), expected.size()); ++i) {
    const std::string is = i < seen.size() ? seen[i] : "(nothing more)";
    const std::string was = i < expected.size() ? expected[i] : "(nothing more)";
    CAPTURE(i + 1);
    CHECK(is == was);
    if (is != was) { // what follows differs because of it
      MESSAGE(name << ".txt should read:\n" << played.text);
      break;
    }
  }
}

TEST_CASE("traces: an election and a first commit") {
  play("election");
}
TEST_CASE("traces: what is of an old term is not committed by counting (figure 8 of the paper)") {
  play("figure_8");
}
TEST_CASE(
  "traces: a follower commits and acknowledges what was compared, though its log is longer") {
  play("unchecked_end");
}
TEST_CASE("traces: a crash before a vote is durable, and one behind it") {
  play("vote_and_crash");
}
TEST_CASE("traces: a longer log of an older term beside a shorter one of a newer term") {
  play("unlike_logs");
}
TEST_CASE("traces: many requests are under way, and each commits one round trip after it left") {
  play("pipeline");
}
TEST_CASE("traces: a leader hands over, or cannot") {
  play("hand_over");
}
TEST_CASE("traces: a change of members whose leader crashes") {
  play("members_and_crash");
}
TEST_CASE("traces: a leader that lost its majority answers no read") {
  play("deposed_read");
}
TEST_CASE("traces: a damaged entry is fetched, and who lacks it does not lead") {
  play("damage");
}

TEST_CASE("traces: no script is left out") {
  const std::filesystem::path folder{AIEX_TRACES};
  const std::string tests = text_of(folder.parent_path() / "traces_test.cpp");
  for (const auto& each : std::filesystem::directory_iterator{folder}) {
    CAPTURE(each.path());
    if (each.path().extension() == ".txt")
      CHECK(tests.find("play(\"" + each.path().stem().string() + "\")") != std::string::npos);
  }
}

std::string one_complaint(const std::string& script) {
  const auto played = test::core_script::play(script);
  REQUIRE(played.wrong.size() == 1);
  return played.wrong.front();
}

TEST_CASE("traces: a fact that does not hold is told, and the trace is written on") {
  const std::string script = "3 voters\nn1 leads already\nn2 must lead term 2\nn1 proposes\n";
  CHECK(one_complaint(script).starts_with("line 3: n2 must lead term 2: but n2 does not lead"));
  CHECK(test::core_script::play(script).text.ends_with("committed 2\n"));
}

TEST_CASE("traces: a line that means nothing ends the play") {
  CHECK(one_complaint("3 voters\nn1 dances\n") == "line 2: n1 dances: what does it mean?");
  CHECK(one_complaint("3 voters\nn1 must be glad\n").starts_with("line 2"));
  CHECK(one_complaint("3 voters\nn4 proposes\n").ends_with("there is no such node: n4"));
  CHECK(
    one_complaint("3 voters\nn1 -> n2 heartbeat arrives\n").ends_with("no such message or write"));
  CHECK_FALSE(test::core_script::play("n1 proposes\n").is_whole);
}

} // namespace
} // namespace aiex
