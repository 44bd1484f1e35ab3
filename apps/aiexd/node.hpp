// A node in this process: an open folder, its tree of actors, and where it can be reached.
#pragma once

#include "aiex/actors/flow/node_part.hpp"

#include "aiexd/node_config.hpp"

#include <caf/actor_system.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace aiex {

/// How a node has ended.
struct node_end {
  /// A line for each actor that is dead and does not come back from its handler (`end_system`). If
  /// there is one, the process is to end now, without destructors: by `std::_Exit`.
  std::vector<std::string> left{};
  result<void> closed{}; ///< Its folder. Errors: io.
};

class node {
public:
  /// With `parts` in its tree. `on_end` is called once, from any thread, if the node cannot go on:
  /// its store has failed, or its tree has given up. The process should end then. `warn`, likewise
  /// from any thread, if there is one: is given lines about handlers that run for too long; what it
  /// throws is passed over. A node that is to join a cluster waits here until it has found it, or
  /// until `is_told_to_end` says true, which any thread may be asked. Errors: those of
  /// `certificates_of`, `find_cluster`, `local_store::open`, `link::listen` and
  /// `http_server::start`; stopped (a part of the tree cannot be started).
  static result<std::unique_ptr<node>> start(
    const node_config& config, std::vector<node_part> parts,
    std::function<void(const std::string& why)> on_end,
    std::function<void(const std::string& line)> warn = {},
    const std::function<bool()>& is_told_to_end = [] { return false; });

  /// Stops if it was not stopped.
  ~node();
  node(const node&) = delete;
  node& operator=(const node&) = delete;

  /// "ready name=… listen=… http=…"
  std::string ready_line() const;

  /// Where clients come in; never port 0.
  const endpoint& listen() const;

  /// What its own clients in this process show; nothing if links are plain.
  const std::optional<tls_files>& certificates() const;

  /// For who does something in the node's process. Both only until `stop`.
  const node_services& services() const;
  caf::actor_system& system() const;

  /// Lets nobody in, stops the tree, then the store, and closes the folder.
  node_end stop();

private:
  struct parts;
  explicit node(std::unique_ptr<parts> running);
  std::unique_ptr<parts> parts_;
};

} // namespace aiex
