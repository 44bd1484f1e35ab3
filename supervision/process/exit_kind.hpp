#pragma once

#include <caf/error.hpp>

#include <cstdint>
#include <string>

namespace aiex {

/// What a supervisor makes of the reason for which a child has ended.
enum class exit_kind : std::uint8_t {
  normal,
  shutdown, ///< It was told to, or says that it may as well have been.
  abnormal, ///< Everything else: an exception, an error, a kill.
};

exit_kind kind_of(const caf::error& reason); ///< Nothing, an error of no code: normal.

/// For people: "normal", "shutdown", "shutdown: WHY", "killed", or what the one who ended said.
std::string exit_text(const caf::error& reason);

/// The reason with which an actor says that it was shut down; with `why`, OTP's {shutdown, Term}.
caf::error shutdown_reason(std::string why = {});

} // namespace aiex
