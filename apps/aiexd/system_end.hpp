// The end of an actor system, which need not come: a handler that never returns has a thread that
// nobody can take from it.
#pragma once

#include "aiex/supervision/process/process_table.hpp"

#include <caf/actor_system.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace aiex {

/// Who is dead may take so long to come back from its handler; while nobody is known who does not,
/// everybody may take longer.
struct leftover_patience {
  std::chrono::milliseconds known{2'000};
  std::chrono::milliseconds unknown{30'000};
};

/// Ends the system, whose actors have been told to end, and answers nothing. If it has not ended in
/// time: what is left, a line each, with its path, the type of the message and how long it has been
/// in the handler; the system is then left alone, and the process is to end without destructors,
/// as by `std::_Exit`. Thread: the one that made the system, or
/// any when that one has ended or has made another system since: it holds the logger of the last.
std::vector<std::string> end_system(std::unique_ptr<caf::actor_system> system,
  process_table& processes, leftover_patience patience = {});

} // namespace aiex
