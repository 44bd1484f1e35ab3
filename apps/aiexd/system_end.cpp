#include "aiexd/system_end.hpp"

#include "aiex/supervision/process/message_type.hpp"

#include <caf/logger.hpp>
#include <fmt/format.h>

#include <future>
#include <thread>
#include <utility>

namespace aiex {

namespace {

std::vector<std::string> leftovers(process_table& processes) {
  std::vector<std::string> lines;
  const auto now = process_activity::clock::now();
  for (const auto& each : processes.dead_in_handler()) {
    const auto turn = each->activity->current();
    if (!turn)
      continue;
    const auto ran_for = std::chrono::floor<std::chrono::milliseconds>(now - turn->began);
    lines.push_back(fmt::format("{} has not returned from its handler of {}, for {}", each->path,
      text_of(turn->handles), seconds_text(ran_for)));
  }
  return lines;
}

} // namespace

std::vector<std::string> end_system(
  std::unique_ptr<caf::actor_system> system, process_table& processes, leftover_patience patience) {
  // This thread made the system and holds its logger, for which the system's end waits.
  caf::logger::set_current_actor_system(nullptr);
  std::promise<void> gone;
  const auto is_gone = gone.get_future();
  std::thread waits{[system = std::move(system), gone = std::move(gone)]() mutable {
    system.reset(); // waits for all actors
    gone.set_value();
  }};
  auto waited = patience.known;
  auto outcome = is_gone.wait_for(patience.known);
  while (outcome != std::future_status::ready && waited < patience.unknown &&
         processes.dead_in_handler().empty()) {
    outcome = is_gone.wait_for(patience.known);
    waited += patience.known;
  }
  auto left = leftovers(processes);
  if (left.empty()) // who was not back a moment ago may be
    outcome = is_gone.wait_for(patience.known);
  if (outcome == std::future_status::ready) {
    waits.join();
    return {};
  }
  waits.detach();
  if (left.empty())
    left.emplace_back("an actor that is no child of the tree has not ended");
  return left;
}

} // namespace aiex
