// OTP's words for ends that CAF has no reason for.
#pragma once

#include <caf/error.hpp>

#include <chrono>

namespace aiex {

/// Of whoever was linked to one that was killed: unlike the kill itself it can be trapped.
caf::error killed_reason();

/// Of one that had ended before it was monitored or linked, or never was: OTP's noproc.
caf::error no_process_reason();

/// Of a start that took longer than it may: OTP's timeout.
caf::error start_timeout_reason(std::chrono::milliseconds most);

} // namespace aiex
