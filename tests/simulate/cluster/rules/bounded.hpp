#pragma once

#include "simulate/cluster/rules/broken_rule.hpp"
#include "simulate/cluster/simulated_node.hpp"

namespace aiex::test {

/// Whatever a core keeps has a limit.
struct bounded {
  static constexpr std::string_view name = "bounded";

  static void look(const consensus::core_state& core) {
    using namespace consensus::limits;
    const auto within = [](bool holds, const char* what) {
      if (!holds)
        throw broken_rule{name, what};
    };
    within(core.writes.waiting.size() <= waiting_answers, "answers that wait");
    within(core.asked_reads.size() <= reads_waiting, "reads that were asked");
    within(core.standing.damaged().size() <= damaged_entries, "damaged entries");
    if (!core.leading)
      return;
    within(core.leading->reads.size() <= reads_waiting, "reads that wait");
    within(core.leading->uncommitted.size() <= uncommitted_entries + 2, "uncommitted entries");
    for (const auto& each : core.leading->peers) {
      within(each.second.window.size() <= requests_in_flight, "requests in flight");
      within(each.second.match < each.second.next, "match and next");
    }
  }
};

} // namespace aiex::test
