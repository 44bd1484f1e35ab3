// How long a node's process goes on: until a signal, or until the shell in its terminal is left.
#pragma once

#include "aiexd/node.hpp"

#include <atomic>
#include <functional>
#include <string>

namespace aiex {

/// What `node::start` is given as `on_end`: a node that cannot go on ends its process at once, with
/// status 1 and a last line that says why. Its log is whole, and the next start looks at it.
std::function<void(const std::string& why)> end_process_of(std::string program);

/// Stops the node and answers the status that its process is to end with: `status`, or 1 if its
/// folder could not be closed. Says on stderr, in the name of `program`, why that was and who is
/// left behind; if anybody is, it ends the process itself, without destructors.
int stop(node& running, const std::string& program, int status);

/// Whoever attends to a node. Made before the process has threads, in the thread that waits:
/// SIGTERM and SIGINT are blocked from then on.
class attendance {
public:
  attendance();

  /// Until SIGTERM or SIGINT. Answers 0.
  int wait() const;

  /// Does `work` in this thread. The first SIGTERM or SIGINT sets what `work` is given, which it
  /// looks at from time to time; a second one ends the process at once, with 130. Answers whether
  /// one came.
  bool run(const std::function<void(const std::atomic<bool>& is_told_to_end)>& work) const;

  /// Until the shell on the node is left, which reads from standard input, and answers its exit
  /// code. With SIGTERM the process ends here, when the node has been stopped as by `stop`.
  int run_shell(node& running, const std::string& program) const;
};

} // namespace aiex
