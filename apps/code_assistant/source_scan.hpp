// Which C and C++ files a folder holds.
//
// Symbolic links are not followed: what they lead to is either in the tree already or none of its
// own, and so there are no loops. Hidden files and folders and those that builds and package
// managers fill are passed over.
#pragma once

#include "aiex/persistence/base/error.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace aiex::code_assistant {

struct scan_limits {
  std::uint64_t file_bytes_max = 4 << 20; ///< Larger files are listed as skipped.
  std::uint64_t files_max = 100'000;      ///< Of C and C++, the skipped ones too.
  std::uint64_t entries_max = 10'000'000; ///< Of any kind, looked at.
};

struct source_file {
  std::string path{}; ///< From the folder, with '/'; UTF-8.
  std::uint64_t bytes{};

  bool operator==(const source_file&) const = default;
};

struct skipped_source {
  std::string path{}; ///< As text, also if the name is none.
  std::string why{};

  bool operator==(const skipped_source&) const = default;
};

struct source_scan {
  std::vector<source_file> files{};      ///< Sorted by path, bytewise.
  std::vector<skipped_source> skipped{}; ///< Likewise: too large, unreadable, not UTF-8.
  std::uint64_t unreadable{};            ///< Files and folders the system would not show.

  bool operator==(const source_scan&) const = default;
};

/// Whether the name ends like one of C or C++: .c .h .cc .cpp .cxx .hpp .hh .hxx .ipp .inl
bool is_source(std::string_view name) noexcept;

/// Walks through `folder`. It may be a link itself.
///   errors   not_found         it is no folder, or none that can be read
///            batch_too_large   more than `files_max` or `entries_max`; a part would pass for all
///   thread   any; blocks on the file system
result<source_scan> scan_sources(
  const std::filesystem::path& folder, const scan_limits& limits = {});

} // namespace aiex::code_assistant
