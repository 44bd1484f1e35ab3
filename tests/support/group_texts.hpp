// What a group table answers, as text, for tables of examples.
#pragma once

#include "aiex/actors/cluster/group_table.hpp"

#include <string>
#include <vector>

namespace aiex::test {

/// "7" of this node, "2:7" of another.
inline std::string text(const group_member& who) {
  return (who.node == 0 ? "" : std::to_string(who.node) + ":") + std::to_string(who.actor);
}

/// "7 2:7"
template <class Range>
std::string texts(const Range& all) {
  std::string line;
  for (const auto& each : all) {
    if constexpr (requires { text(each); })
      line += (line.empty() ? "" : " ") + text(each);
    else if constexpr (requires { std::string{each}; })
      line += (line.empty() ? "" : " ") + std::string{each};
    else
      line += (line.empty() ? "" : " ") + std::to_string(each);
  }
  return line;
}

/// "join a: 7 7 >1,2; leave b: 7": each change, and the monitors that are told.
inline std::string text(const group_outcome& then) {
  std::string line;
  for (const auto& [change, to] : then.changes) {
    line += line.empty() ? "" : "; ";
    line += change.what == group_change::act::join ? "join " : "leave ";
    line += change.group + ": " + texts(change.who);
    for (std::size_t i = 0; i < to.size(); ++i)
      line += (i == 0 ? " >" : ",") + std::to_string(to[i]);
  }
  return line;
}

} // namespace aiex::test
