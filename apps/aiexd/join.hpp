// How a node without a folder comes to a cluster: it asks the nodes that it was told of which one
// it is, again and again until one answers, and never founds one of its own.
#pragma once

#include "aiex/persistence/base/error.hpp"
#include "aiex/persistence/base/uuid.hpp"

#include "aiexd/node_config.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace aiex {

/// What is known of the cluster before the folder is opened.
struct found_cluster {
  std::vector<std::string> seeds{}; ///< Told now, or remembered.
  std::optional<uuid> history{};    ///< Of a cluster to be joined; nothing: the folder has its own,
                                    ///< or begins one.
};

/// Remembers the seeds that `config` tells in its folder. Waits as long as `is_told_to_end` is
/// false; `warn` is told once why. Errors: stopped (told to end), those of `write_seeds`, and
/// unknown_version (a seed speaks another protocol).
result<found_cluster> find_cluster(const node_config& config,
  const std::function<bool()>& is_told_to_end, const std::function<void(const std::string&)>& warn);

} // namespace aiex
