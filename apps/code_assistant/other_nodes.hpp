// The further nodes of `--nodes N`: this program again, in processes of their own, each with a
// folder beside that of the first node.
#pragma once

#include "aiex/persistence/base/error.hpp"
#include "aiex/supervision/port/port_process.hpp"

#include "aiexd/node.hpp"

#include <functional>
#include <string>
#include <vector>

namespace aiex::code_assistant {

class other_nodes {
public:
  /// Starts `count` of them, which join the cluster of the node at `seed`: "n2" in `data`-n2, and
  /// so on. The kernel kills them when the thread ends that has called this. Errors: io.
  static result<other_nodes> start(
    std::size_t count, const std::string& data, const std::string& seed);

  /// Told to stop, and waited for.
  ~other_nodes();
  other_nodes(other_nodes&&) noexcept = default;
  other_nodes& operator=(other_nodes&&) = delete;

private:
  other_nodes() = default;

  std::vector<port_process> processes_;
};

/// Waits until all nodes of a cluster of `count` are voters and linked with this one. Errors:
/// time_out, stopped (`is_told_to_end`).
result<void> await_cluster(
  const node& first, std::size_t count, const std::function<bool()>& is_told_to_end);

/// Waits until all nodes have applied what this one has: a line for each. Errors: as above.
result<std::string> await_same(const node& first, const std::function<bool()>& is_told_to_end);

} // namespace aiex::code_assistant
