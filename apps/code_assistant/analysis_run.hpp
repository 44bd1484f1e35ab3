// The main job: a session on a source tree, from the first look at the folder to the figures that
// the read models hold in the end. Everything it keeps are events.
#pragma once

#include "aiex/persistence/store/local_store.hpp"

#include "code_assistant/report.hpp"

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
  std::string node{};
  std::function<timestamp()> clock{};
  std::function<uuid()> make_id{};
};

/// Hears what is being done and how far it is; `total` is 0 if nobody knows.
using analysis_progress =
  std::function<void(std::string_view what, std::uint64_t done, std::uint64_t total)>;

struct analysis_outcome {
  run_figures run{};
  tree_figures tree{};
  session_summary::state sessions{};
  std::vector<std::pair<std::string, std::string>> skipped{}; ///< Path, and why.
};

/// Runs one session: looks which files are new or changed since the last one on this tree, analyses
/// those, lets the read models count it all, and reads them.
///   errors   not_found, batch_too_large (the folder: see scan_sources); those of the aggregate
///            and the store. What was recorded until then stays recorded, and the next run goes on
///            from there
///   thread   the store's writer; blocks on the disk
result<analysis_outcome> run_analysis(
  const local_store& store, const analysis_options& wishes, const analysis_progress& progress);

} // namespace aiex::code_assistant
