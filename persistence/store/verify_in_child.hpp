#pragma once

#include "aiex/persistence/store/verify.hpp"

#include <chrono>
#include <filesystem>

namespace aiex {

struct verify_in_child_options {
  std::filesystem::path folder;
  /// Whose `main` begins with `run_as_verify_child`.
  std::filesystem::path program = "/proc/self/exe";
  std::chrono::milliseconds time_limit = std::chrono::hours{1}; ///< Of each of up to three runs.
};

/// Verifies a node's folder in a process of its own, so that a file that kills who reads it (LMDB
/// trusts what it maps) kills only that. Such a death is a finding: by which signal, and while it
/// read what. Read models are checked first, then log and state; if that kills the checker, the log
/// again without the state: if that goes well, the state was at fault, else the position is told up
/// to which all was read. What a killed checker saw is let go of.
///
///   folder   with or without a node running there, also from within that node
///   thread   any; blocks it until the end. Starts no thread, forks nothing but the program
///   progress hears how many events were checked; answers whether to go on
///   errors   time_out, stopped (by `progress`), those of `verify_folder`, io (the program could
///   not
///            be started, or is not such a program)
result<verify_report> verify_in_child(
  const verify_in_child_options& options, function_ref<bool(std::uint64_t events)> progress);

} // namespace aiex
