// A scenario of tests/otp/scenarios, read: a tree, and what happens to it (tests/otp/README.md).
#pragma once

#include "aiex/supervision/tree/child_spec.hpp"

#include <charconv>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace aiex::test {

using words = std::vector<std::string>;
using options = std::map<std::string, std::string>; // "restart" -> "transient"

struct scenario_node {
  enum class kind { supervisor, dynamic, worker } what = kind::worker;
  std::string id{};
  std::string how{}; ///< The strategy of a supervisor.
  options given{};
  std::vector<scenario_node> children{};
};

struct scenario {
  scenario_node top{};
  std::vector<words> script{};
};

inline options options_of(const words& line, std::size_t from) {
  options found;
  for (std::size_t i = from; i < line.size(); ++i)
    found[line[i].substr(0, line[i].find('='))] = line[i].substr(line[i].find('=') + 1);
  return found;
}

inline std::vector<words> lines_of(std::istream& text) {
  std::vector<words> all;
  for (std::string line; std::getline(text, line);) {
    std::istringstream rest{line.substr(0, line.find('#'))};
    words found;
    for (std::string word; rest >> word;)
      found.push_back(word);
    if (!found.empty())
      all.push_back(found);
  }
  return all;
}

/// The node that begins in line `at`, which is then the one behind it.
inline scenario_node node_at(const std::vector<words>& lines, std::size_t& at) {
  using kind = scenario_node::kind;
  const words& line = lines.at(at++);
  if (line[0] == "child")
    return {.what = kind::worker, .id = line.at(1), .given = options_of(line, 2)};
  if (line[0] == "dynamic")
    return {.what = kind::dynamic, .id = line.at(1), .given = options_of(line, 2)};
  scenario_node made{
    .what = kind::supervisor, .id = line.at(1), .how = line.at(2), .given = options_of(line, 3)};
  while (lines.at(at)[0] != "end")
    made.children.push_back(node_at(lines, at));
  ++at;
  return made;
}

inline scenario read_scenario(const std::string& path) {
  std::ifstream file{path};
  const std::vector<words> lines = lines_of(file);
  std::size_t at = 0;
  scenario made;
  made.top = node_at(lines, at);
  made.script.assign(lines.begin() + static_cast<std::ptrdiff_t>(at), lines.end());
  return made;
}

// -- OTP's words as values; what is none becomes a value that is none -----------------------------

template <class Enum>
Enum enum_of(const std::vector<const char*>& names, const std::string& word) {
  std::size_t found = 0;
  while (found < names.size() && word != names[found])
    ++found;
  return static_cast<Enum>(found);
}

inline std::int64_t number_of(const std::string& word) {
  std::int64_t value = 0;
  if (std::from_chars(word.data(), word.data() + word.size(), value).ec != std::errc{})
    throw std::invalid_argument{"no number: " + word};
  return value;
}

inline shutdown shutdown_of(const std::string& word) {
  if (word == "infinity")
    return shutdown::infinity();
  if (word == "brutal_kill")
    return shutdown::brutal_kill();
  return shutdown::after(std::chrono::milliseconds{number_of(word)});
}

inline const std::vector<const char*> restart_names{"permanent", "transient", "temporary"};
inline const std::vector<const char*> kind_names{"worker", "supervisor"};
inline const std::vector<const char*> strategy_names{"one_for_one", "one_for_all", "rest_for_one"};
inline const std::vector<const char*> auto_shutdown_names{
  "never", "any_significant", "all_significant"};

/// Only what is given: the rest is the default of ours.
inline void set_options(child_spec& spec, const options& given) {
  if (const auto it = given.find("restart"); it != given.end())
    spec.restart = enum_of<restart>(restart_names, it->second);
  if (const auto it = given.find("type"); it != given.end())
    spec.kind = enum_of<child_kind>(kind_names, it->second);
  if (const auto it = given.find("shutdown"); it != given.end())
    spec.shutdown = shutdown_of(it->second);
  if (const auto it = given.find("significant"); it != given.end())
    spec.significant = it->second == "true";
  if (given.contains("start"))
    spec.start = nullptr;
  if (spec.id == "-")
    spec.id.clear();
}

inline restart_limit limit_of(const options& given) {
  restart_limit limit;
  if (const auto it = given.find("intensity"); it != given.end())
    limit.intensity = static_cast<std::uint32_t>(number_of(it->second));
  if (const auto it = given.find("period"); it != given.end())
    limit.period = std::chrono::seconds{number_of(it->second)};
  return limit;
}

inline void set_flags(supervisor_spec& spec, const scenario_node& node) {
  spec.how = enum_of<strategy>(strategy_names, node.how);
  spec.limit = limit_of(node.given);
  if (const auto it = node.given.find("auto"); it != node.given.end())
    spec.ends = enum_of<auto_shutdown>(auto_shutdown_names, it->second);
}

} // namespace aiex::test
