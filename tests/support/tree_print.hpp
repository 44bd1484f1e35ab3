// A story, for people.
#pragma once

#include "support/tree_world.hpp"

#include <ostream>

namespace aiex::test {

inline std::string joined(const std::vector<std::string>& lines) {
  std::string all;
  for (const std::string& each : lines)
    all += " | " + each;
  return all;
}

inline std::string time_text(std::int64_t shutdown_ms) {
  return shutdown_ms == kill_at_once    ? "brutal_kill"
         : shutdown_ms == wait_for_ever ? "infinity"
                                        : std::to_string(shutdown_ms) + " ms";
}

inline void print(std::ostream& out, const tree_node& node, unsigned depth) {
  static constexpr const char* styles[] = {"one_for_one", "one_for_all", "rest_for_one"};
  static constexpr const char* lastings[] = {"permanent", "transient", "temporary"};
  static constexpr const char* closings[] = {"never", "any_significant", "all_significant"};
  static constexpr const char* manners[] = {"obedient", "stubborn", "slow", "leaving", "failing"};
  out << std::string(2 * depth + 2, ' ') << (node.id.empty() ? "those" : node.id) << ' '
      << lastings[static_cast<int>(node.how)] << (node.significant ? " significant " : " ")
      << time_text(node.shutdown_ms);
  if (!node.supervises())
    out << ' ' << manners[static_cast<int>(node.manner)];
  if (node.manner == manner::slow)
    out << ' ' << node.slow_ms << " ms";
  if (node.supervises())
    out << ' '
        << (node.what == tree_node::kind::crowd ? "dynamic"
                                                : styles[static_cast<int>(node.strategy)])
        << ' ' << node.intensity << " in " << node.period_s << " s "
        << closings[static_cast<int>(node.ends)];
  out << '\n';
  for (const tree_node& each : node.children)
    print(out, each, depth + 1);
}

inline void print(std::ostream& out, const tree_story& story) {
  using kind = tree_step::kind;
  static constexpr const char* words[] = {"leave", "fail", "ignore", "mend", "rush", "settle",
    "wait", "start_child", "terminate", "restart", "delete", "change", "which", "count", "spec"};
  print(out, story.top, 0);
  for (const std::string& each : story.fails_first)
    out << "  at first " << each << " fails\n";
  std::size_t number = 0;
  for (const tree_step& each : story.steps) {
    out << "  " << ++number << ' ' << words[static_cast<int>(each.what)];
    if (each.what == kind::leave)
      out << ' ' << each.id << ' ' << name_of(each.reason);
    else if (each.what == kind::fail || each.what == kind::ignore)
      out << ' ' << each.id;
    else if (each.what == kind::rush || each.what == kind::wait)
      out << ' ' << each.amount;
    else if (each.what >= kind::start_child)
      out << ' ' << each.id << " of " << each.supervisor << ", client " << each.client;
    out << '\n';
    if (each.what == kind::start_child || each.what == kind::change)
      print(out, each.node, 1);
  }
}

} // namespace aiex::test
