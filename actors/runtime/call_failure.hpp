// A call that was not answered, as the error of who asked for it.
#pragma once

#include "aiex/persistence/base/error.hpp"
#include "aiex/supervision/call/call.hpp"

#include <string_view>

namespace aiex {

/// `whom`: who did not answer, for people. Codes: time_out; stopped (nobody is there, or it has
/// ended meanwhile); overloaded, refused (nothing was done).
error as_error(const call_error& why, std::string_view whom);

/// The same of a call that was to change something. Who was called and has not answered may have
/// done it: unknown_outcome, and `to_do` says how to find out.
error as_error_of_change(const call_error& why, std::string_view whom, std::string_view to_do);

} // namespace aiex
