// check_history HISTORY LOG [FOREIGN-CATEGORY...]: whether what clients of real nodes noted fits to
// the log as it stands in the end (history_file.hpp says what the files look like).
//
// Prints a line of JSON: {"operations","events","steps","violations":[{"rule","what"}]}. Exit 0: no
// violation; 1: some; 2: the files cannot be read.
#include "simulate/cluster/history_check.hpp"
#include "torture/programs/history_file.hpp"

#include <nlohmann/json.hpp>

#include <fstream>
#include <iostream>

int main(int argument_count, char** arguments) {
  if (argument_count < 3) {
    std::cerr << "check_history HISTORY LOG [FOREIGN-CATEGORY...]\n";
    return 2;
  }
  std::ifstream history{arguments[1]};
  std::ifstream log{arguments[2]};
  if (!history || !log) {
    std::cerr << "cannot read " << arguments[history ? 2 : 1] << '\n';
    return 2;
  }
  try {
    const auto run =
      aiex::test::read_run(history, log, {{arguments + 3, arguments + argument_count}});
    const auto report = aiex::test::check(run.seen, run.log);
    nlohmann::ordered_json told{{"operations", run.seen.operations.size()},
      {"events", run.log.size()}, {"steps", report.steps}};
    told["violations"] = nlohmann::ordered_json::array();
    for (const auto& each : report.violations)
      told["violations"].push_back({{"rule", name(each.rule)}, {"what", each.what}});
    std::cout << told.dump() << '\n';
    return report.violations.empty() ? 0 : 1;
  } catch (const std::exception& why) {
    std::cerr << why.what() << '\n';
    return 2;
  }
}
