#include "aiex/supervision/process/exit_reasons.hpp"

#include <caf/atom.hpp>
#include <caf/make_message.hpp>

#include <string>

namespace aiex {

caf::error killed_reason() {
  return {1, caf::atom("aiex_exit"), caf::make_message(std::string{"killed"})};
}

caf::error no_process_reason() {
  return {2, caf::atom("aiex_exit"), caf::make_message(std::string{"noproc"})};
}

caf::error start_timeout_reason(std::chrono::milliseconds most) {
  return {3, caf::atom("aiex_exit"),
    caf::make_message("timeout: its start took longer than " + std::to_string(most.count()) +
                      " ms; look what holds it up, or give it more time")};
}

} // namespace aiex
