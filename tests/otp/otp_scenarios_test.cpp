#include "support/otp_stage.hpp"

#include <doctest/doctest.h>

#include <filesystem>

namespace aiex {
namespace {

std::vector<std::string> lines_in(const std::filesystem::path& path) {
  std::ifstream file{path};
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);)
    lines.push_back(line);
  return lines;
}

/// Ours kill their children before anybody hears that they are killed, OTP's just after: of kills
/// that follow each other no order is compared.
std::vector<std::string> in_one_order(std::vector<std::string> lines) {
  const auto is_kill = [](const std::string& line) {
    return line.starts_with("end ") && line.ends_with(" killed");
  };
  for (auto from = lines.begin(); from != lines.end();) {
    const auto first = std::find_if(from, lines.end(), is_kill);
    from = std::find_if_not(first, lines.end(), is_kill);
    std::sort(first, from);
  }
  return lines;
}

std::vector<std::filesystem::path> scenarios() {
  std::vector<std::filesystem::path> found;
  for (const auto& each : std::filesystem::directory_iterator{AIEX_OTP_SCENARIOS})
    if (each.path().extension() == ".txt")
      found.push_back(each.path());
  std::sort(found.begin(), found.end());
  return found;
}

// What is expected was written by Erlang itself: tests/otp/README.md.
TEST_CASE("otp_scenarios: supervisors do what Erlang's do") {
  const auto all = scenarios();
  CHECK(all.size() >= 40);
  for (const std::filesystem::path& path : all) {
    const std::string scenario = path.stem().string();
    CAPTURE(scenario);
    const auto expected =
      in_one_order(lines_in(std::filesystem::path{path}.replace_extension(".expected")));
    const auto seen = in_one_order(test::otp_stage{test::read_scenario(path.string())}.play());
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

} // namespace
} // namespace aiex
