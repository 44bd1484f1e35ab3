// Who stands where in a supervision tree, by path. Pure.
#pragma once

#include "aiex/persistence/base/error.hpp"
#include "aiex/supervision/tree/supervisor_messages.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace aiex {

struct tree_place {
  std::string path; ///< "aiexd/bank/totals"
  const supervision_tree* node = nullptr;
  std::size_t parent = 0; ///< Its place in the list; of the first its own.
};

/// All of them, parents before their children. They point into `tree`.
std::vector<tree_place> places_of(const supervision_tree& tree);

/// Whether the path is meant: by all of it, or by its last parts.
bool is_meant(std::string_view path, std::string_view name);

/// Paths that an error names at most.
inline constexpr std::size_t paths_named_max = 10;

/// The one that is meant. Errors: not_found, invalid_argument (more than one is).
result<std::size_t> find_place(const std::vector<tree_place>& places, std::string_view name);

} // namespace aiex
