// The main job: a session on a source tree, from the first look at the folder to the figures that
// the read models hold in the end. Everything it keeps are events.
#pragma once

#include "aiex/actors/flow/node_part.hpp"

#include "code_assistant/report.hpp"

#include <caf/actor_system.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aiex::code_assistant {

struct analysis_options {
  std::filesystem::path tree{};
  std::string user{};
};

/// Hears what is being done and how far it is; `total` is 0 if nobody knows. Answers whether to go
/// on.
using analysis_progress =
  std::function<bool(std::string_view what, std::uint64_t done, std::uint64_t total)>;

struct analysis_outcome {
  run_figures run{};
  tree_figures tree{};
  session_summary::state sessions{};
  std::vector<std::pair<std::string, std::string>> skipped{}; ///< Path, and why.
};

/// The part of a node's tree that keeps what is known: the sessions, and what they add up to.
node_part assistant_part();

/// Runs one session in a node with that part: looks which files are new or changed since the last
/// one on this tree, analyses those, waits until the read models have counted it all, reads them,
/// and records what the includes amount to.
///   errors   not_found, batch_too_large (the folder: see scan_sources); those of session_client.
///            stopped (`progress` said so). What was recorded until then stays recorded, and the
///            next run goes on from there
///   thread   any but an actor's; waits for the actors
result<analysis_outcome> run_analysis(caf::actor_system& system, const node_services& services,
  const analysis_options& wishes, const analysis_progress& progress);

} // namespace aiex::code_assistant
