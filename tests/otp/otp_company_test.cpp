#include "support/otp_company.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

namespace aiex {
namespace {

using test::lines_of;

std::vector<std::string> trace_in(const std::filesystem::path& path) {
  std::ifstream file{path};
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);)
    if (!line.starts_with('#'))
      lines.push_back(line.substr(0, line.find_last_not_of(' ') + 1));
  return lines;
}

/// Erlang's, or ours where they differ on purpose.
std::vector<std::string> expected_of(std::filesystem::path scenario) {
  const auto ours = scenario.replace_extension(".ours");
  return trace_in(std::filesystem::exists(ours) ? ours : scenario.replace_extension(".expected"));
}

std::vector<std::string> played(const std::filesystem::path& scenario) {
  std::ifstream file{scenario};
  test::otp_company company;
  auto trace = company.play(lines_of(file));
  for (std::string& line : trace)
    line.erase(line.find_last_not_of(' ') + 1);
  return trace;
}

std::vector<std::filesystem::path> all_of(const std::string& kind) {
  std::vector<std::filesystem::path> found;
  for (const auto& each : std::filesystem::directory_iterator{AIEX_OTP_COMPANY}) {
    const std::string name = each.path().filename().string();
    const bool is_call = name.starts_with("stop") || name.starts_with("multi_call");
    const bool is_names = name.starts_with("names");
    const bool is_group = name.starts_with("pg_");
    const std::string its = is_call || name.starts_with("call") ? "calls"
                            : is_names                          ? "names"
                            : is_group                          ? "groups"
                                                                : "links";
    if (each.path().extension() == ".txt" && its == kind)
      found.push_back(each.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

void compare(const std::string& kind, std::size_t least) {
  const auto all = all_of(kind);
  CHECK(all.size() >= least);
  for (const std::filesystem::path& path : all) {
    const std::string scenario = path.stem().string();
    CAPTURE(scenario);
    const auto expected = expected_of(path);
    const auto seen = played(path);
    REQUIRE_FALSE(expected.empty());
    for (std::size_t i = 0; i < std::max(seen.size(), expected.size()); ++i) {
      CAPTURE(i);
      const std::string ours = i < seen.size() ? seen[i] : "(nothing more)";
      const std::string otp = i < expected.size() ? expected[i] : "(nothing more)";
      CHECK(ours == otp);
      if (ours != otp)
        break; // what follows differs because of it
    }
  }
}

// What is expected was written by Erlang itself: tests/otp/README.md.
TEST_CASE("otp_company: calls are answered as Erlang's are") {
  compare("calls", 15);
}

TEST_CASE("otp_company: monitors and links tell what Erlang's tell") {
  compare("links", 15);
}

TEST_CASE("otp_company: names are held and freed as Erlang's are") {
  compare("names", 5);
}

TEST_CASE("otp_company: groups have the members and the monitors of Erlang's") {
  compare("groups", 8);
}

} // namespace
} // namespace aiex
